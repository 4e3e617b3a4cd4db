package io.segmentdo.event;

import org.jspecify.annotations.Nullable;

/**
 * One accepted tracking call: the fields that the platform itself decides by, and the whole enriched event as JSON.
 *
 * <p>The JSON is what destinations and the warehouse see. It is parsed, enriched and checked once, at collection, and
 * travels as bytes from then on. Immutable.
 *
 * @param type which of the six calls
 * @param workspace the workspace of the source, the unit of isolation
 * @param source the id of the source
 * @param messageId the sender's idempotency key, or one made at collection; at most 100 characters
 * @param userId the known user, if given
 * @param anonymousId the device or session, if given
 * @param groupId the account of a group call, otherwise null
 * @param previousId the former id of an alias call, otherwise null
 * @param timestampMillis when it happened, corrected for the sender's clock, in epoch milliseconds
 * @param receivedAtMillis when the request arrived, in epoch milliseconds; one value for a whole batch
 * @param json the enriched event
 */
public record Event(
        EventType type,
        String workspace,
        String source,
        String messageId,
        @Nullable String userId,
        @Nullable String anonymousId,
        @Nullable String groupId,
        @Nullable String previousId,
        long timestampMillis,
        long receivedAtMillis,
        Utf8Json json) {
    /** Names the source in metrics and logs: {@code <workspace>/<source>}. */
    public String sourceKey() {
        return workspace + '/' + source;
    }
}
