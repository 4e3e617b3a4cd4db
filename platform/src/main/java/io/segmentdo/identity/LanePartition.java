package io.segmentdo.identity;

import io.segmentdo.event.Event;
import io.segmentdo.event.IdentifiedEvent;
import io.segmentdo.event.ProfileFact;
import io.segmentdo.event.Utf8Json;
import io.segmentdo.identity.Message.Surrender;
import io.segmentdo.identity.Message.ToIdentifier;
import io.segmentdo.identity.Message.Visit;
import io.segmentdo.store.Changes;
import io.segmentdo.store.Keyspace;
import io.segmentdo.store.PartitionStore;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One partition as its lane and the protocol see it: its records, its channels, marks of what it has seen, and the end of its
 * outbox, with all that the running batch changes.
 *
 * <p>After a failed commit the whole object is thrown away and loaded again. Confined to its lane.
 */
final class LanePartition implements PartitionState {
    private static final byte[] HELD_EVENTS = Frames.utf8("identity.held-events");
    private static final byte[] GENERATION = Frames.utf8("identity.dedupe-generation");

    /** What a partition needs of its lane. */
    interface Surroundings {
        IdentityConfig config();

        CompiledRules rules(String workspace);

        EventLog log();

        PartitionStore store();

        Tally tally();

        /** A partition to which messages of all others may go within the same commit, because they commit together. */
        @Nullable
        LanePartition commitsWith(int other);

        /** A message to be taken in within the same commit. */
        void sendWithin(LanePartition receiver, Message message);

        /** A message that the commit will make durable. */
        void sent(ChannelMessage stored, Message message);
    }

    private final int number;
    private final long epoch;
    private final Surroundings lane;
    private final PartitionStore store;
    private final Channels channels;

    private final PartitionRecords records;
    private long outboxTail;
    private long committedTail;
    private long heldEvents;
    private int generation;

    // the running batch
    private @Nullable Changes changes;
    private final Set<Dedupe.Mark> marks = new HashSet<>();
    private boolean isHeldChanged;
    private Decision.@Nullable Verdict verdict;

    LanePartition(int number, long epoch, int cachedActors, Surroundings lane) {
        this.number = number;
        this.epoch = epoch;
        this.lane = lane;
        this.store = lane.store();
        this.channels = Channels.load(number, store);
        this.records = new PartitionRecords(number, store, cachedActors);
        this.outboxTail = lane.log().open(number, epoch);
        this.committedTail = outboxTail;
        this.heldEvents = readNumber(HELD_EVENTS);
        this.generation = (int) readNumber(GENERATION);
    }

    private long readNumber(byte[] name) {
        byte[] value = store.read(number, Keyspace.META, name);
        return value == null ? 0 : Keys.number(value);
    }

    long epoch() {
        return epoch;
    }

    Channels channels() {
        return channels;
    }

    PartitionRecords records() {
        return records;
    }

    long heldEvents() {
        return heldEvents;
    }

    /** Why no more batches are taken for this partition at the moment, if so. */
    Optional<String> fullBecause() {
        IdentityConfig limits = lane.config();
        if (heldEvents >= limits.heldEventsMax()) {
            return Optional.of("partition " + number + " holds " + heldEvents + " events (expected: fewer than "
                    + limits.heldEventsMax() + ")");
        }
        if (channels.unacknowledgedBytes() >= limits.unacknowledgedBytesMax().bytes()) {
            return Optional.of("partition " + number + " keeps " + channels.unacknowledgedBytes()
                    + " bytes of messages that others have not taken (expected: fewer than "
                    + limits.unacknowledgedBytesMax() + ")");
        }
        return Optional.empty();
    }

    /** Events that are held, and those on their way to other partitions. */
    long waitingEvents() {
        return heldEvents
                + channels.unacknowledged().stream()
                        .filter(message -> MessageCodec.decode(message.body()) instanceof Visit)
                        .count();
    }

    // ---- the batch

    /** The keys of which one is stored if an event with its mark has been seen before this batch. */
    List<byte[]> keys(Event event, Dedupe.Mark mark) {
        int current = generationOf(event);
        return List.of(mark.key(current), mark.key(current - 1));
    }

    /** Whether something that came at a time has been seen before this batch. */
    boolean isSeen(Dedupe.Mark mark, long atMillis) {
        int current = Dedupe.generation(atMillis, lane.config().dedupeDays());
        return store.read(number, Keyspace.DEDUPE, mark.key(current)) != null
                || store.read(number, Keyspace.DEDUPE, mark.key(current - 1)) != null;
    }

    private int generationOf(Event event) {
        return Dedupe.generation(event.receivedAtMillis(), lane.config().dedupeDays());
    }

    /** Marks an event as seen; false when this batch had it already. */
    boolean mark(Event event, Dedupe.Mark mark) {
        return mark(mark, event.receivedAtMillis());
    }

    /** Marks something that came at a time as seen; false when this batch had it already. */
    boolean mark(Dedupe.Mark mark, long atMillis) {
        if (!marks.add(mark)) {
            return false;
        }
        int current = Dedupe.generation(atMillis, lane.config().dedupeDays());
        if (current > generation) {
            generation = current;
            changes().put(Keyspace.META, GENERATION, Keys.number(current));
            changes().deleteRange(Keyspace.DEDUPE, Dedupe.start(0), Dedupe.start(current - 1));
        }
        changes().put(Keyspace.DEDUPE, mark.key(current), new byte[0]);
        return true;
    }

    void deadLetter(Event event, String reason) {
        byte[] key = Keys.deadLetter(event.receivedAtMillis(), event.messageId());
        changes().put(Keyspace.DEAD_LETTER, key, DeadEvent.encode(reason, event));
        lane.tally().deadLettered(event.sourceKey());
    }

    private Changes changes() {
        Changes open = changes;
        if (open == null) {
            open = new Changes(number, epoch);
            changes = open;
        }
        return open;
    }

    /** Everything that the batch changes here, or null when nothing. */
    @Nullable
    Changes flush() {
        if (changes == null && !records.isChanged() && !channels.isChanged()) {
            return null;
        }
        Changes open = changes();
        records.flush(open);
        if (isHeldChanged) {
            open.put(Keyspace.META, HELD_EVENTS, Keys.number(heldEvents));
        }
        channels.flush(open);
        return open;
    }

    /** The batch is durable. */
    void committed() {
        boolean hasChanged = changes != null;
        changes = null;
        marks.clear();
        isHeldChanged = false;
        channels.committed();
        records.committed();
        if (hasChanged) {
            lane.log().committed(number, outboxTail);
            committedTail = outboxTail;
        }
    }

    void forgetVerdict() {
        verdict = null;
    }

    /** How the ledger answered what was asked since the last was forgotten. */
    Decision.Verdict verdict() {
        return Objects.requireNonNull(verdict, "a ledger answers what it is asked");
    }

    // ---- state for the protocol

    @Override
    public void decided(Decision.Verdict answer) {
        if (verdict == null) {
            verdict = answer;
        }
    }

    @Override
    public int number() {
        return number;
    }

    @Override
    public long outboxTail() {
        return outboxTail;
    }

    @Override
    public IdentityConfig config() {
        return lane.config();
    }

    @Override
    public CompiledRules rules(String workspace) {
        return lane.rules(workspace);
    }

    @Override
    public @Nullable Actor find(ActorId id) {
        return records.find(id);
    }

    @Override
    public Actor create(ActorId id) {
        return records.create(id);
    }

    @Override
    public void changed(Actor actor) {
        records.changed(actor);
    }

    @Override
    public void enqueue(Actor actor, ToIdentifier message) {
        actor.queueEnd++;
        actor.queue.addLast(message);
        changed(actor);
        held(message, 1);
    }

    @Override
    public List<ToIdentifier> takeQueue(Actor actor) {
        if (actor.queue.isEmpty()) {
            return List.of();
        }
        for (long queued = actor.queueFirst; queued < actor.queueStored; queued++) {
            changes().delete(Keyspace.ACTOR, Keys.queued(actor.id, queued));
        }
        actor.queueFirst = actor.queueEnd;
        List<ToIdentifier> taken = List.copyOf(actor.queue);
        actor.queue.clear();
        changed(actor);
        taken.forEach(message -> held(message, -1));
        return taken;
    }

    private void held(Message message, int change) {
        if (message instanceof Visit) {
            heldEvents += change;
            isHeldChanged = true;
        }
    }

    @Override
    public TraitRow traits(Actor root, ActorId member) {
        return records.traits(root, member);
    }

    @Override
    public void putTraits(Actor root, ActorId member, TraitRow row) {
        records.putTraits(root, member, row);
    }

    @Override
    public @Nullable LedgerNode findNode(ActorId id) {
        return records.findNode(id);
    }

    @Override
    public void changed(LedgerNode node) {
        records.changed(node);
    }

    @Override
    public LedgerHead head(String workspace) {
        return records.head(workspace);
    }

    @Override
    public void append(Fact fact) {
        changes().put(Keyspace.LEDGER, Keys.fact(fact.left().workspace(), fact.number()), fact.toBytes());
        lane.tally().decided(fact.kind());
    }

    @Override
    public void await(Message.ToLedger request) {
        LedgerHead head = head(request.to().workspace());
        changes().put(Keyspace.LEDGER, Keys.waiting(head.workspace, head.waitingEnd), MessageCodec.encode(request));
        head.waitingEnd++;
        head.waiting.addLast(request);
    }

    @Override
    public List<Message.ToLedger> takeWaiting(String workspace) {
        LedgerHead head = head(workspace);
        while (head.waitingFirst < head.waitingEnd) {
            changes().delete(Keyspace.LEDGER, Keys.waiting(workspace, head.waitingFirst));
            head.waitingFirst++;
        }
        List<Message.ToLedger> taken = List.copyOf(head.waiting);
        head.waiting.clear();
        return taken;
    }

    @Override
    public void send(Message message) {
        int to = message.to().partition(store.partitions());
        LanePartition receiver = to == number ? this : lane.commitsWith(to);
        if (receiver == this || (receiver != null && overtakesNothing(message, receiver))) {
            lane.sendWithin(receiver, message);
        } else {
            lane.sent(channels.send(to, MessageCodec.encode(message), changes()), message);
        }
    }

    /** Nothing on its way between the two, and no event of a profile that moves which readers would see at the same time. */
    private boolean overtakesNothing(Message message, LanePartition receiver) {
        boolean isMoving = message instanceof Surrender surrender && surrender.profileId() != null;
        return receiver.channels.lastReceived(number) == channels.lastSent(receiver.number)
                && (!isMoving || outboxTail == committedTail);
    }

    @Override
    public void identified(String profileId, Event event) {
        outboxTail++;
        lane.log().add(changes(), new IdentifiedEvent(number, outboxTail, profileId, event));
        lane.tally().identified(event.sourceKey());
    }

    @Override
    public void announce(
            ProfileFact.Kind kind,
            Actor profile,
            @Nullable String otherId,
            Cause cause,
            long ledgerFact,
            int otherPartition,
            long otherPosition) {
        outboxTail++;
        lane.log()
                .add(
                        changes(),
                        new ProfileFact(
                                number,
                                outboxTail,
                                kind,
                                profile.id.workspace(),
                                profile.profileId(),
                                otherId,
                                cause.messageId(),
                                cause.rule(),
                                cause.atMillis(),
                                ledgerFact,
                                otherPartition,
                                otherPosition,
                                snapshot(kind, profile)));
    }

    private @Nullable Utf8Json snapshot(ProfileFact.Kind kind, Actor profile) {
        return switch (kind) {
            case UNMERGED, RECOMPUTED -> Snapshot.of(profile, member -> traits(profile, member));
            case CREATED, MERGED, DELETED -> null;
        };
    }

    @Override
    public void droppedTraits(int count) {
        lane.tally().droppedTraits(count);
    }
}
