package io.segmentdo.delivery;

import java.util.Locale;

/**
 * How a destination is doing.
 *
 * <p>Immutable.
 *
 * @param destination {@code <workspace>/<id>}
 * @param plugin the id of its plugin
 * @param state in one word
 * @param reason for people; empty when there is nothing to say
 * @param counts its ledger
 */
public record DestinationStatus(
        String destination, String plugin, State state, String reason, DestinationCounts counts) {
    /** In one word. */
    public enum State {
        /** It delivers. */
        RUNNING,
        /** It is switched off and keeps its place. */
        DISABLED,
        /** Its plugin is missing or its settings do not fit; events are kept. */
        WAITING,
        /** It does not accept the credentials, so nothing is sent but a probe now and then; events are kept. */
        UNAUTHORIZED,
        /** The other side fails, so nothing is sent until a probe succeeds; events are kept. */
        BROKEN,
        /** The other side asked for a pause; events are kept. */
        THROTTLED,
        /** Too much waits for another attempt or among the dead letters; events are kept. */
        FULL,
        /** The plugin did not return; events are kept. */
        STUCK;

        /** As it is written in answers. */
        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
