package io.segmentdo.event;

import static io.segmentdo.config.Checks.check;

import io.segmentdo.config.ByteSize;
import io.segmentdo.config.Doc;

/** What one event, and one batch of them, may contain at most. Immutable. */
public record EventLimits(
        @Doc("Largest event as it is sent, between 1KiB and 16MiB; a larger one is discarded, its siblings are kept.")
        ByteSize eventBytes,

        @Doc("Most events in one batch, at least 1; a longer batch is discarded as a whole.")
        int batchEvents,

        @Doc("Longest messageId in characters, between 36 and 1000.")
        int messageIdChars,

        @Doc("Longest userId, anonymousId, groupId or previousId in characters, between 1 and 8000.")
        int idChars,

        @Doc("Most properties or traits at the top level of one event, at least 1; the rest is dropped.")
        int properties,

        @Doc("Deepest nesting of objects and arrays in one event, between 4 and 500.")
        int depth,

        @Doc("Longest number in characters, between 20 and 1000.")
        int numberChars) {

    public static final EventLimits DEFAULT =
            new EventLimits(ByteSize.kibibytes(32), 2_500, 100, 1_000, 10_000, 64, 1_000);

    public EventLimits {
        check(
                eventBytes.bytes() >= 1 << 10 && eventBytes.bytes() <= 16 << 20,
                "event-bytes",
                eventBytes,
                "1KiB to 16MiB");
        check(batchEvents >= 1, "batch-events", batchEvents, ">= 1");
        check(messageIdChars >= 36 && messageIdChars <= 1_000, "message-id-chars", messageIdChars, "36 to 1000");
        check(idChars >= 1 && idChars <= 8_000, "id-chars", idChars, "1 to 8000");
        check(properties >= 1, "properties", properties, ">= 1");
        check(depth >= 4 && depth <= 500, "depth", depth, "4 to 500");
        check(numberChars >= 20 && numberChars <= 1_000, "number-chars", numberChars, "20 to 1000");
    }
}
