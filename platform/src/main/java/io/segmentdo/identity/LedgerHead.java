package io.segmentdo.identity;

import io.segmentdo.event.FrameReader;
import io.segmentdo.event.FrameWriter;
import io.segmentdo.identity.Message.ToLedger;
import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** The counters of a workspace's ledger, and what it is in the middle of undoing. Confined to its lane. */
final class LedgerHead {
    private static final int VERSION = 3;

    /**
     * A deletion or an unmerge that has been decided.
     *
     * @param nodes the identifiers whose components it concerns
     * @param unsettled the actors that are still to say that they are where they should be
     * @param stages what is sent when they are: to others that have to settle as well, stage by stage
     */
    private record Undo(List<ActorId> nodes, Set<ActorId> unsettled, List<List<Message>> stages) {}

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

    /**
     * Begins with the first stage of an undo, whose messages have to be sent.
     *
     * @param nodes the identifiers whose components it concerns
     * @param stages in each some messages, whose receivers have to say that they are settled
     */
    List<Message> beginUndo(long fact, List<ActorId> nodes, List<List<Message>> stages) {
        List<Message> first = stages.getFirst();
        List<ActorId> unsettled = first.stream().map(Message::to).toList();
        undoing.put(fact, new Undo(nodes, new LinkedHashSet<>(unsettled), stages.subList(1, stages.size())));
        return first;
    }

    /** One of the actors is where it should be; whether it was the last one. */
    boolean settled(long fact, ActorId actor) {
        Undo undo = undoing.get(fact);
        return undo != null && undo.unsettled.remove(actor) && undo.unsettled.isEmpty();
    }

    /** Goes on with the next stage, whose messages have to be sent; there are none behind the last one. */
    List<Message> beginNextStage(long fact) {
        Undo undo = Objects.requireNonNull(undoing.get(fact));
        return undo.stages.isEmpty() ? List.of() : beginUndo(fact, undo.nodes, undo.stages);
    }

    /** It is done; returns the identifiers concerned. */
    List<ActorId> endUndo(long fact) {
        return Objects.requireNonNull(undoing.remove(fact)).nodes;
    }

    byte[] toBytes() {
        FrameWriter frame = new FrameWriter(32);
        frame.putByte(VERSION).putSize(facts).putSize(ranks);
        Frames.putAll(frame, undoing.entrySet(), (to, undo) -> {
            to.putSize(undo.getKey());
            Frames.putActors(to, undo.getValue().nodes);
            Frames.putActors(to, undo.getValue().unsettled);
            Frames.putAll(
                    to,
                    undo.getValue().stages,
                    (staged, stage) -> Frames.putAll(
                            staged, stage, (each, message) -> each.putBytes(MessageCodec.encode(message))));
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
            long fact = frame.readSize();
            List<ActorId> nodes = Frames.readActors(frame, workspace);
            List<ActorId> unsettled = Frames.readActors(frame, workspace);
            List<List<Message>> stages = Frames.readAll(
                    frame, staged -> Frames.readAll(staged, each -> MessageCodec.decode(each.readBytes())));
            head.undoing.put(fact, new Undo(nodes, new LinkedHashSet<>(unsettled), stages));
        }
        head.waitingFirst = frame.readSize();
        head.waitingEnd = frame.readSize();
        frame.expectEnd();
        return head;
    }
}
