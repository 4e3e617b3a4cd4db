package io.segmentdo.warehouse.replay;

import org.jspecify.annotations.Nullable;

/**
 * A replay and how far it has come, as it is kept on disk.
 *
 * <p>Immutable.
 *
 * @param number names it
 * @param workspace whose events
 * @param destination {@code <workspace>/<id>}
 * @param where a condition on events, empty for none
 * @param fromMicros the first time, inclusive
 * @param toMicros the last time, exclusive
 * @param rate events per second
 * @param state where it is
 * @param total how many there were when it started
 * @param done how many were handed over
 * @param lastMicros the time of the last one that was handed over
 * @param lastMessageId the message id of the last one, empty before the first
 * @param createdMillis when it was asked for
 * @param endedMillis when it ended, 0 before
 * @param trouble why it does not get on, or failed
 */
record ReplayRecord(
        long number,
        String workspace,
        String destination,
        String where,
        long fromMicros,
        long toMicros,
        int rate,
        State state,
        long total,
        long done,
        long lastMicros,
        String lastMessageId,
        long createdMillis,
        long endedMillis,
        @Nullable String trouble) {
    /** Where a replay is. */
    enum State {
        WAITING,
        RUNNING,
        DONE,
        CANCELLED,
        FAILED
    }

    boolean hasEnded() {
        return switch (state) {
            case WAITING, RUNNING -> false;
            case DONE, CANCELLED, FAILED -> true;
        };
    }

    ReplayRecord to(State next, long nowMillis, @Nullable String why) {
        boolean end = next != State.WAITING && next != State.RUNNING;
        return new ReplayRecord(
                number,
                workspace,
                destination,
                where,
                fromMicros,
                toMicros,
                rate,
                next,
                total,
                done,
                lastMicros,
                lastMessageId,
                createdMillis,
                end ? nowMillis : 0,
                why);
    }

    ReplayRecord handed(long events, long micros, String messageId) {
        return new ReplayRecord(
                number,
                workspace,
                destination,
                where,
                fromMicros,
                toMicros,
                rate,
                state,
                Math.max(total, done + events),
                done + events,
                micros,
                messageId,
                createdMillis,
                endedMillis,
                null);
    }

    /** The condition on those events that are still to come. */
    String rest() {
        String after = lastMessageId.isEmpty()
                ? "epoch_us(timestamp) >= " + fromMicros
                : "(epoch_us(timestamp), message_id) > (" + lastMicros + ", '" + lastMessageId.replace("'", "''")
                        + "')";
        long since = lastMessageId.isEmpty() ? fromMicros : lastMicros;
        // the plain comparisons are for the planning of files
        return "timestamp >= make_timestamptz(" + since + ") AND timestamp < make_timestamptz(" + toMicros + ") AND "
                + after + (where.isBlank() ? "" : " AND (" + where + "\n)");
    }
}
