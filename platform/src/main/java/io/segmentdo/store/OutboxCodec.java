package io.segmentdo.store;

import io.segmentdo.event.EventCodec;
import io.segmentdo.event.FrameReader;
import io.segmentdo.event.FrameWriter;
import io.segmentdo.event.IdentifiedEvent;
import io.segmentdo.event.OutboxEntry;
import io.segmentdo.event.ProfileFact;
import io.segmentdo.event.Utf8Json;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The binary form of outbox entries: a header for the retention, then the event or the fact. Immutable. */
final class OutboxCodec {
    /**
     * What the retention needs to know of an entry.
     *
     * @param bytesBefore the bytes of all entries that were ever put before it
     * @param addedAtMillis when it was added, in epoch milliseconds
     */
    record Header(long bytesBefore, long addedAtMillis) {}

    private static final int EVENT = 1;
    private static final int FACT = 2;

    /** The place of a kind is its code on disk: append only. */
    private static final List<ProfileFact.Kind> KINDS = List.of(
            ProfileFact.Kind.CREATED,
            ProfileFact.Kind.MERGED,
            ProfileFact.Kind.UNMERGED,
            ProfileFact.Kind.DELETED,
            ProfileFact.Kind.RECOMPUTED);

    private OutboxCodec() {}

    static byte[] key(long position) {
        return new FrameWriter(Long.BYTES).putLong(position).toBytes();
    }

    static long position(byte[] key) {
        return new FrameReader(key).readLong();
    }

    /** With a writer that is used again and again. */
    static byte[] encode(OutboxEntry entry, Header header, FrameWriter frame) {
        frame.clear();
        switch (entry) {
            case IdentifiedEvent identified -> {
                start(EVENT, header, frame).putString(identified.profileId());
                EventCodec.write(identified.event(), frame);
            }
            case ProfileFact fact ->
                start(FACT, header, frame)
                        .putByte(KINDS.indexOf(fact.kind()))
                        .putString(fact.workspace())
                        .putString(fact.profileId())
                        .putString(fact.otherId())
                        .putString(fact.cause())
                        .putString(fact.rule())
                        .putLong(fact.atMillis())
                        .putLong(fact.ledgerFact())
                        .putLong(fact.otherPartition())
                        .putLong(fact.otherPosition())
                        .putString(
                                fact.snapshot() == null ? null : fact.snapshot().toString());
        }
        return frame.copy();
    }

    static Header header(byte[] value) {
        FrameReader frame = new FrameReader(value);
        frame.readByte();
        return readHeader(frame);
    }

    static OutboxEntry decode(int partition, long position, byte[] value) {
        FrameReader frame = new FrameReader(value);
        int kind = frame.readByte();
        readHeader(frame);
        OutboxEntry entry = switch (kind) {
            case EVENT -> new IdentifiedEvent(partition, position, frame.readString(), EventCodec.read(frame));
            case FACT -> readFact(partition, position, frame);
            default -> throw frame.corrupt("outbox entry of kind " + kind);
        };
        frame.expectEnd();
        return entry;
    }

    private static FrameWriter start(int kind, Header header, FrameWriter frame) {
        return frame.putByte(kind).putLong(header.bytesBefore()).putLong(header.addedAtMillis());
    }

    private static Header readHeader(FrameReader frame) {
        return new Header(frame.readLong(), frame.readLong());
    }

    private static ProfileFact readFact(int partition, long position, FrameReader frame) {
        int kind = frame.readByte();
        if (kind >= KINDS.size()) {
            throw frame.corrupt("fact of kind " + kind);
        }
        return new ProfileFact(
                partition,
                position,
                KINDS.get(kind),
                frame.readString(),
                frame.readString(),
                frame.readNullableString(),
                frame.readString(),
                frame.readString(),
                frame.readLong(),
                frame.readLong(),
                (int) frame.readLong(),
                frame.readLong(),
                readSnapshot(frame));
    }

    private static @Nullable Utf8Json readSnapshot(FrameReader frame) {
        String json = frame.readNullableString();
        return json == null ? null : Utf8Json.of(json);
    }
}
