package io.segmentdo.identity;

import java.util.List;

/**
 * What one lane has for another: messages between their partitions, and receipts for those that took effect.
 *
 * <p>Immutable.
 */
record LaneMail(List<ChannelMessage> messages, List<ChannelMessage.Receipt> receipts) {
    boolean isEmpty() {
        return messages.isEmpty() && receipts.isEmpty();
    }
}
