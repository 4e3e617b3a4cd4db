package io.segmentdo.identity;

import java.util.List;

/**
 * How messages reach partitions of other lanes. It may lose, repeat and delay them, even reorder: what is not acknowledged
 * is sent again, and the receiver takes each once and in order.
 *
 * <p>Called on the lane's thread, after the commit; must not block.
 */
public interface ChannelTransport {
    /** Carries messages to {@link IdentityLane#receive} of the lanes that own their partitions. */
    void send(List<ChannelMessage> messages);

    /** Carries receipts to {@link IdentityLane#acknowledged} of the lanes that own the sending partitions. */
    void acknowledge(List<ChannelMessage.Receipt> receipts);

    /** For a lane that owns all partitions: nothing is ever sent. */
    ChannelTransport NONE = new ChannelTransport() {
        @Override
        public void send(List<ChannelMessage> messages) {
            throw new IllegalStateException("a lane that owns all partitions sends nothing away");
        }

        @Override
        public void acknowledge(List<ChannelMessage.Receipt> receipts) {
            throw new IllegalStateException("a lane that owns all partitions receives nothing");
        }
    };
}
