package io.segmentdo.store;

/** The kinds of data that a partition keeps; each is a column family or a table of its own. Immutable. */
public enum Keyspace {
    /** One value per name: the number of partitions, the schema's version, the last positions. */
    META,
    /** Identifier actors and group actors. */
    ACTOR,
    /** Traits by the identifier through which they came. */
    TRAIT,
    /** The facts of the identity ledger and their indexes. */
    LEDGER,
    /** Messages between partitions that are not acknowledged yet, and the last ones received. */
    CHANNEL,
    /** Message ids seen within the dedupe window. */
    DEDUPE,
    /** Identified events in the order of their commits. */
    OUTBOX,
    /** How far each consumer of the outbox has come. */
    CURSOR,
    /** Deliveries that wait for their next attempt. */
    RETRY,
    /** Deliveries that were given up, with the reason. */
    DEAD_LETTER
}
