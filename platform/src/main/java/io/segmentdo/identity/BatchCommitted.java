package io.segmentdo.identity;

/**
 * That a batch is committed.
 *
 * <p>Immutable.
 *
 * @param router the sender of the batch
 * @param number the batch
 */
public record BatchCommitted(String router, long number) {}
