package io.segmentdo.identity;

import io.segmentdo.event.EventCodec;
import io.segmentdo.event.FrameReader;
import io.segmentdo.event.FrameWriter;
import io.vertx.core.eventbus.EventBus;

/** The binary form of what routers, lanes and those who ask them send each other. Pure. */
final class BusCodecs {
    private BusCodecs() {}

    static void register(EventBus bus, Seal seal) {
        QuestionCodec.register(bus, seal);
        bus.registerDefaultCodec(
                EventBatch.class,
                new SealedCodec<>(EventBatch.class, seal, batch -> frame -> write(batch, frame), BusCodecs::readBatch));
        bus.registerDefaultCodec(
                BatchCommitted.class,
                new SealedCodec<>(
                        BatchCommitted.class,
                        seal,
                        done -> frame -> frame.putString(done.router()).putLong(done.number()),
                        frame -> new BatchCommitted(frame.readString(), frame.readLong())));
        bus.registerDefaultCodec(
                LaneMail.class,
                new SealedCodec<>(LaneMail.class, seal, mail -> frame -> write(mail, frame), BusCodecs::readMail));
    }

    private static void write(EventBatch batch, FrameWriter frame) {
        frame.putString(batch.router()).putLong(batch.number());
        EventCodec.writeAll(batch.events(), frame);
    }

    private static EventBatch readBatch(FrameReader frame) {
        return new EventBatch(frame.readString(), frame.readLong(), EventCodec.readAll(frame));
    }

    private static void write(LaneMail mail, FrameWriter frame) {
        Frames.putAll(
                frame,
                mail.messages(),
                (to, message) -> to.putSize(message.from())
                        .putSize(message.to())
                        .putLong(message.number())
                        .putBytes(message.body()));
        Frames.putAll(
                frame,
                mail.receipts(),
                (to, receipt) ->
                        to.putSize(receipt.from()).putSize(receipt.to()).putLong(receipt.number()));
    }

    private static LaneMail readMail(FrameReader frame) {
        return new LaneMail(
                Frames.readAll(
                        frame,
                        from -> new ChannelMessage(
                                (int) from.readSize(), (int) from.readSize(), from.readLong(), from.readBytes())),
                Frames.readAll(
                        frame,
                        from -> new ChannelMessage.Receipt(
                                (int) from.readSize(), (int) from.readSize(), from.readLong())));
    }
}
