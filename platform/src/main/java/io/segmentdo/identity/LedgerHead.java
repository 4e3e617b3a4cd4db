package io.segmentdo.identity;

import io.segmentdo.event.FrameReader;
import io.segmentdo.event.FrameWriter;
import io.segmentdo.identity.Message.ToLedger;
import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The counters of a workspace's ledger, and what it is in the middle of undoing. Confined to its lane. */
final class LedgerHead {
    private static final int VERSION = 2;

    /**
     * A deletion or an unmerge that has been decided.
     *
     * @param nodes the identifiers whose components it concerns
     * @param unsettled the actors that are still to say that they are on their own
     */
    private record Undo(List<ActorId> nodes, Set<ActorId> unsettled) {}

    final String workspace;
    private long facts;
    private long ranks;
    private final Map<Long, Undo> undoing = new LinkedHashMap<>();

    /** The requests that wait, as they are stored: numbers from {@code waitingFirst} up to, not including, the end. */
    long waitingFirst;

    long waitingEnd;

    /** The requests themselves, loaded with the head. */
    final ArrayDeque<ToLedger> waiting = new ArrayDeque<>();

    LedgerHead(String workspace) {
        this.workspace = workspace;
    }

    /** The number of the next fact, from 1 on. */
    long nextFact() {
        return ++facts;
    }

    /** The next rank: the lower, the older. */
    long nextRank() {
        return ++ranks;
    }

    long facts() {
        return facts;
    }

    void beginUndo(long fact, List<ActorId> nodes, List<ActorId> unsettled) {
        undoing.put(fact, new Undo(List.copyOf(nodes), new LinkedHashSet<>(unsettled)));
    }

    /** One of the actors is on its own; returns the identifiers concerned when it was the last one, else nothing. */
    List<ActorId> settled(long fact, ActorId actor) {
        Undo undo = undoing.get(fact);
        if (undo == null || !undo.unsettled.remove(actor) || !undo.unsettled.isEmpty()) {
            return List.of();
        }
        undoing.remove(fact);
        return undo.nodes;
    }

    byte[] toBytes() {
        FrameWriter frame = new FrameWriter(32);
        frame.putByte(VERSION).putSize(facts).putSize(ranks);
        Frames.putAll(frame, undoing.entrySet(), (to, undo) -> {
            to.putSize(undo.getKey());
            Frames.putActors(to, undo.getValue().nodes);
            Frames.putActors(to, undo.getValue().unsettled);
        });
        frame.putSize(waitingFirst).putSize(waitingEnd);
        return frame.toBytes();
    }

    static LedgerHead read(String workspace, byte[] bytes) {
        FrameReader frame = new FrameReader(bytes);
        if (frame.readByte() != VERSION) {
            throw frame.corrupt("a ledger head of another version");
        }
        LedgerHead head = new LedgerHead(workspace);
        head.facts = frame.readSize();
        head.ranks = frame.readSize();
        long count = frame.readSize();
        for (long i = 0; i < count; i++) {
            head.beginUndo(frame.readSize(), Frames.readActors(frame, workspace), Frames.readActors(frame, workspace));
        }
        head.waitingFirst = frame.readSize();
        head.waitingEnd = frame.readSize();
        frame.expectEnd();
        return head;
    }
}
