package io.segmentdo.snowflake;

import io.segmentdo.api.Delivery;
import io.segmentdo.api.DestinationContext;
import io.segmentdo.api.HttpResponse;
import io.segmentdo.api.ResponseClasses;
import io.segmentdo.api.rows.Insertion;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * An answer of the SQL API.
 *
 * <p>Immutable.
 *
 * @param status of HTTP
 * @param body its members
 * @param byStatus what the status means
 */
record Answer(int status, Map<?, ?> body, Delivery byStatus) {
    private static final int FAILED = 422;

    /** No such object, no such column. */
    private static final Set<String> STALE = Set.of("002003", "000904");

    /** Privileges, no warehouse that runs, no database. */
    private static final Set<String> CONFIGURATION = Set.of("003001", "000606", "000607", "090105", "002043");

    /** Numbers, dates and texts that do not fit begin with this. */
    private static final String BAD_VALUE = "100";

    private static final String LOGIN = "390";

    static Answer of(HttpResponse response, DestinationContext context) {
        Map<?, ?> body = Map.of();
        try {
            body = context.json().read(response.body()) instanceof Map<?, ?> map ? map : Map.of();
        } catch (IllegalArgumentException noJson) {
            // the status has to say it all
        }
        return new Answer(
                response.status(),
                body,
                ResponseClasses.classify(response, context.clock().instant()));
    }

    boolean isSuccess() {
        return status == 200;
    }

    /** Busy, and not begun: the same statement may go again at once. */
    boolean mayBeSentAgain() {
        return status == 503 || status == 504;
    }

    String handle() {
        return String.valueOf(body.get("statementHandle"));
    }

    /** In how many parts a result comes. */
    int parts() {
        return body.get("resultSetMetaData") instanceof Map<?, ?> meta
                        && meta.get("partitionInfo") instanceof List<?> parts
                ? parts.size()
                : 1;
    }

    List<List<String>> rows() {
        return body.get("data") instanceof List<?> rows
                ? rows.stream()
                        .map(row -> row instanceof List<?> cells
                                ? cells.stream().map(String::valueOf).toList()
                                : List.<String>of())
                        .toList()
                : List.of();
    }

    private String code() {
        return String.valueOf(body.get("code"));
    }

    private String reason() {
        return "HTTP " + status + (body.containsKey("code") ? ", code " + code() : "");
    }

    /** What it means for everything that was asked for. */
    Delivery outcome() {
        if (status == 202) {
            return Delivery.retry("the statement still runs");
        }
        if (status != FAILED) {
            return byStatus;
        }
        boolean isConfiguration = CONFIGURATION.contains(code()) || code().startsWith(LOGIN) || STALE.contains(code());
        return isConfiguration ? Delivery.unauthorized(reason()) : Delivery.rejected(reason());
    }

    /** What it means for rows that were merged. */
    Insertion insertion() {
        if (status == FAILED && STALE.contains(code())) {
            return Insertion.stale(reason());
        }
        if (status == 413 || (status == FAILED && code().startsWith(BAD_VALUE))) {
            return Insertion.refused(reason());
        }
        return Insertion.settled(List.of(outcome()));
    }
}
