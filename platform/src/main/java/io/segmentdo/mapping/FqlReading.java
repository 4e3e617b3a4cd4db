package io.segmentdo.mapping;

/** How FQL text is read. */
enum FqlReading {
    /** Everything that could be misunderstood is refused. */
    OURS,
    /**
     * Misreadings included: and/or are not weighed against each other (the last one counts for the whole level), unknown
     * words and a stray {@code !} are skipped, {@code ==} compares with the text {@code =}, single quotes belong to the
     * text, AND and OR in capitals are no words, a bracket ends at the first closing one.
     */
    SEGMENT
}
