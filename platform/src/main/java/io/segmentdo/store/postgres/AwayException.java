package io.segmentdo.store.postgres;

import io.vertx.pgclient.PgException;
import java.util.concurrent.TimeoutException;

/** The database could not do it now; the same may succeed later, and it may even have been done. */
final class AwayException extends RuntimeException {
    private static final long serialVersionUID = 1;

    AwayException(Throwable cause) {
        super(reason(cause), cause);
    }

    /** Whether a failure says nothing against what was asked for, only that this was not the time. */
    static boolean covers(Throwable cause) {
        if (!(cause instanceof PgException known)) {
            return true; // connections that are refused, break or stay silent
        }
        String state = String.valueOf(known.getSqlState());
        return switch (state) {
            case "57014", "55P03", "25P03", "25006" -> true; // took too long, a lock, idle too long, a standby
            default ->
                state.startsWith("08") // connection
                        || state.startsWith("40") // deadlock, serialization
                        || state.startsWith("53") // no room, no memory, too many connections
                        || state.startsWith("57P") // shutting down, starting up
                        || state.startsWith("58"); // the system below it
        };
    }

    private static String reason(Throwable cause) {
        return cause instanceof TimeoutException ? "no answer in time" : String.valueOf(cause.getMessage());
    }
}
