package io.segmentdo.identity;

import io.segmentdo.event.FrameReader;
import io.segmentdo.event.FrameWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What the ledger knows about one identifier: where its actor was told to forward to, and, if it is a root, its members.
 * Pointers are never shortened, so the subtree of an absorbed root is what came with it. Confined to its lane.
 */
final class LedgerNode {
    /** Two identifiers that were taken apart: nothing but an explicit alias may join {@code mine} with {@code other}. */
    record Apart(ActorId mine, ActorId other) {}

    private static final int VERSION = 2;

    final ActorId id;

    /** Age: the lower one wins a merge. */
    final long rank;

    @Nullable
    ActorId parent;

    /** All identifiers of a root's component, itself among them, with the time at which each was first linked. */
    Map<ActorId, Long> members = new LinkedHashMap<>();

    List<Apart> apart = new ArrayList<>();

    /** The facts that undid something in a root's component and whose actors are not all on their own yet. */
    Set<Long> undoing = new TreeSet<>();

    LedgerNode(ActorId id, long rank) {
        this.id = id;
        this.rank = rank;
    }

    byte[] toBytes() {
        FrameWriter frame = new FrameWriter(64 + 48 * members.size());
        frame.putByte(VERSION).putSize(rank);
        Frames.putOptionalActor(frame, parent);
        Frames.putMap(frame, members, (to, at) -> to.putLong(at));
        Frames.putAll(frame, apart, (to, pair) -> {
            Frames.putActor(to, pair.mine);
            Frames.putActor(to, pair.other);
        });
        Frames.putAll(frame, undoing, FrameWriter::putSize);
        return frame.toBytes();
    }

    static LedgerNode read(ActorId id, byte[] bytes) {
        FrameReader frame = new FrameReader(bytes);
        String workspace = id.workspace();
        if (frame.readByte() != VERSION) {
            throw frame.corrupt("a ledger node of another version");
        }
        LedgerNode node = new LedgerNode(id, frame.readSize());
        node.parent = Frames.readOptionalActor(frame, workspace);
        node.members.putAll(Frames.readMap(frame, workspace, FrameReader::readLong));
        node.apart = new ArrayList<>(Frames.readAll(
                frame, from -> new Apart(Frames.readActor(from, workspace), Frames.readActor(from, workspace))));
        node.undoing.addAll(Frames.readAll(frame, FrameReader::readSize));
        frame.expectEnd();
        return node;
    }
}
