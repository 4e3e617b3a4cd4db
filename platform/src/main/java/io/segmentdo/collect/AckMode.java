package io.segmentdo.collect;

/** When a request is answered with success. Immutable. */
public enum AckMode {
    /** When its events are on the disk of this node. */
    SPOOL,
    /** When the owners of their identities have committed them. */
    COMMITTED
}
