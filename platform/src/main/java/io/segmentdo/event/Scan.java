package io.segmentdo.event;

import org.jspecify.annotations.Nullable;

/** What the parser found in the body of a request, before it is known where the request comes from. */
public sealed interface Scan {
    /**
     * The body is no JSON object; nothing in it can be used.
     *
     * @param detail what is wrong and where; nothing of the body itself
     */
    record Malformed(String detail) implements Scan {}

    /**
     * The body is fine as a whole. Valid until its parser scans the next body, and confined to that parser's thread.
     */
    sealed interface Understood extends Scan permits BodyScanner {
        /** The write key in the body: that of the batch, else that of the first event that has one; null without one. */
        @Nullable
        String writeKey();

        /** How many events were sent, good or bad; 1 for an empty batch, which counts as one that failed. */
        int events();

        /** The beginning of the first event, without write keys, for a sample of what was sent. */
        Utf8Json excerpt();

        /** Checks and enriches the events. */
        Parsed enrich(Arrival arrival);
    }
}
