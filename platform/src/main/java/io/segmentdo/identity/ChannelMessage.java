package io.segmentdo.identity;

/**
 * A message from one partition to another that is owned by another lane, already committed at its sender.
 *
 * <p>Immutable.
 *
 * @param from the sending partition
 * @param to the receiving partition
 * @param number its place among all messages from the one to the other, from 1 on, without gaps
 * @param body what it says, in the binary form of identity; shared, not copied
 */
@SuppressWarnings("ArrayRecordComponent") // never compared: sent and taken apart
public record ChannelMessage(int from, int to, long number, byte[] body) {
    /**
     * That everything up to a number is committed at the receiver.
     *
     * @param from the partition that sent
     * @param to the partition that received
     * @param number the last message that need not be sent again
     */
    public record Receipt(int from, int to, long number) {}
}
