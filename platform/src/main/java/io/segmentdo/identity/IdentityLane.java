package io.segmentdo.identity;

import io.segmentdo.event.Event;
import io.segmentdo.identity.Arrivals.Inbound;
import io.segmentdo.problem.PlatformException;
import io.segmentdo.problem.Problem;
import io.segmentdo.store.Changes;
import io.segmentdo.store.PartitionStore;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;

/**
 * Runs identity for the partitions that it owns.
 *
 * <p>Each call of {@link #apply} or {@link #drain} is one durable commit. It takes in the messages that earlier commits
 * sent between partitions, then the events, in order; later ones see what earlier ones did. Nothing leaves the lane before
 * the commit. Where a store commits partitions together, a message between two of them takes effect in the commit that
 * sends it and never becomes durable, unless others are on their way between the two. An item that cannot be applied is put
 * into the dead letters of the same commit, and the others go on. After a failed commit the lane is of no more use: its owner
 * opens a new one from what is stored and sends the batch again.
 *
 * <p>Blocking; confined to one thread at a time.
 */
public final class IdentityLane {
    /** What is answered from outside, with what became of events on the way. */
    record Answered(Reply reply, LaneResult counts) {}

    private final PartitionStore store;
    private final EventLog events;
    private final IdentityConfig config;
    private final ChannelTransport transport;
    private final Function<PartitionState, Protocol> protocol;

    private final Map<Integer, LanePartition> partitions = new LinkedHashMap<>();
    private final Map<Integer, Protocol> actors = new HashMap<>();
    private final Arrivals arrivals = new Arrivals();
    private final Inquiry inquiry;
    private final RunningBatch running;
    private boolean isBroken;

    /**
     * Owns nothing yet.
     *
     * @param store where the state is
     * @param events where identified events and facts go
     * @param config bounds
     * @param rules the rules of a workspace, asked for with each batch
     * @param transport the way to partitions of other lanes
     */
    public IdentityLane(
            PartitionStore store,
            EventLog events,
            IdentityConfig config,
            Function<String, IdentityRules> rules,
            ChannelTransport transport) {
        this(store, events, config, rules, transport, Actors::new);
    }

    /** With a protocol that a test has broken on purpose. */
    IdentityLane(
            PartitionStore store,
            EventLog events,
            IdentityConfig config,
            Function<String, IdentityRules> rules,
            ChannelTransport transport,
            Function<PartitionState, Protocol> protocol) {
        this.protocol = protocol;
        this.store = store;
        this.events = events;
        this.config = config;
        this.transport = transport;
        this.inquiry = new Inquiry(partitions, store);
        this.running = new RunningBatch(store, events, config, new RuleBook(rules), partitions, actors, this::reload);
    }

    /**
     * Takes ownership of partitions and loads what their channels still carry.
     *
     * @throws PlatformException {@link Problem#NOT_OWNER} when one of them belongs to another member
     * @return how many events wait in them, held or under way, by source
     */
    public Map<String, Long> open(Collection<Integer> numbers) {
        Map<Integer, Long> epochs = new LinkedHashMap<>();
        numbers.forEach(number -> epochs.put(number, store.open(number)));
        return open(epochs);
    }

    /**
     * Loads partitions that the store has granted at these epochs, and what their channels still carry.
     *
     * @return how many events wait in them, held or under way, by source
     */
    public Map<String, Long> open(Map<Integer, Long> epochs) {
        Set<Integer> numbers = epochs.keySet();
        Map<String, Long> waiting = new HashMap<>();
        load(epochs, numbers.size() + partitions.size());
        for (int number : numbers) {
            for (ChannelMessage message : partition(number).channels().unacknowledged()) {
                take(message);
            }
        }
        requestMissing(numbers, waiting);
        return waiting;
    }

    /** Counts what waits, and takes what partitions of this lane had sent to the new ones before they came. */
    private void requestMissing(Collection<Integer> numbers, Map<String, Long> waiting) {
        for (LanePartition partition : partitions.values()) {
            if (!numbers.contains(partition.number())) {
                partition.channels().unacknowledged().stream()
                        .filter(message -> numbers.contains(message.to()))
                        .forEach(this::take);
            }
        }
        store.each(
                        numbers,
                        number -> WaitingEvents.count(
                                store, number, partition(number).channels()))
                .forEach(counted -> counted.forEach((source, events) -> waiting.merge(source, events, Long::sum)));
    }

    private void load(Map<Integer, Long> epochs, int owned) {
        int cached = Math.max(64, config.cachedActors() / Math.max(1, owned));
        for (LanePartition loaded : store.each(
                epochs.keySet(),
                number -> new LanePartition(number, epochs.getOrDefault(number, 0L), cached, running))) {
            partitions.put(loaded.number(), loaded);
            actors.put(loaded.number(), protocol.apply(loaded));
        }
    }

    /**
     * Gives partitions up; what they have under way is taken over by their next owner.
     *
     * @return how many events wait in them
     */
    public long close(Collection<Integer> numbers) {
        long waiting = 0;
        for (int number : numbers) {
            LanePartition closed = partitions.remove(number);
            actors.remove(number);
            events.close(number);
            waiting += closed == null ? 0 : closed.waitingEvents();
        }
        arrivals.close(numbers);
        return waiting;
    }

    /** The first stops of these events that are partitions of other owners. */
    Set<Integer> foreign(List<Event> batch) {
        Set<Integer> foreign = new HashSet<>();
        for (Event event : batch) {
            int partition = Partitions.of(event, store.partitions());
            if (!partitions.containsKey(partition)) {
                foreign.add(partition);
            }
        }
        return foreign;
    }

    /** The partition of an identifier, if it belongs to another owner. */
    Set<Integer> foreign(ActorId id) {
        int partition = id.partition(store.partitions());
        return partitions.containsKey(partition) ? Set.of() : Set.of(partition);
    }

    /** The partitions that this lane owns. */
    public Set<Integer> partitions() {
        return Set.copyOf(partitions.keySet());
    }

    /**
     * Identifies events whose first stops are partitions of this lane, in order, and returns when they are durable.
     *
     * @throws PlatformException {@link Problem#OVERLOADED} when a partition holds as many events as it may, or keeps as
     *     many messages for others: nothing was done, and {@link #drain} may make room; {@link Problem#NOT_OWNER} when one
     *     belongs to another owner
     */
    public LaneResult apply(List<Event> batch) {
        checkUsable();
        refuseIfFull(batch);
        return commit(batch, List.of());
    }

    private void refuseIfFull(List<Event> batch) {
        Map<Integer, String> full = new HashMap<>();
        for (LanePartition partition : partitions.values()) {
            partition.fullBecause().ifPresent(reason -> full.put(partition.number(), reason));
        }
        if (full.isEmpty()) {
            return;
        }
        for (Event event : batch) {
            String reason = full.get(Partitions.of(event, store.partitions()));
            if (reason != null) {
                throw new PlatformException(Problem.OVERLOADED, reason);
            }
        }
    }

    /** Takes in messages between partitions, as many as one commit may, and returns when their effects are durable. */
    public LaneResult drain() {
        checkUsable();
        return arrivals.isEmpty() ? LaneResult.NOTHING : commit(List.of(), List.of());
    }

    /**
     * Joins two identifiers because somebody said so, whatever was apart and however many user ids that makes.
     *
     * <p>Like the next two, it has to be called where the ledger of the workspace lives ({@link #ledgerPartition}), and is
     * answered once: a request whose id has been seen changes nothing.
     *
     * @param user the identifier that is shown afterwards
     * @param former the other one
     * @param requestId names the request in facts
     * @param atMillis when it was made, in epoch milliseconds
     */
    public Decision alias(ActorId user, ActorId former, String requestId, long atMillis) {
        Cause cause = Cause.request(requestId, Cause.ALIAS, atMillis);
        ActorId ledger = ActorId.ledger(user.workspace());
        return request(new Message.Propose(ledger, user, user, List.of(former), true, cause), cause);
    }

    /**
     * Takes a profile that was absorbed out of the one that absorbed it, with all that had come with it. Only an alias may
     * join the two again.
     *
     * @param id the identifier that was the root of the absorbed profile
     */
    public Decision unmerge(ActorId id, String requestId, long atMillis) {
        return unmerge(id, false, Cause.request(requestId, Cause.UNMERGE, atMillis));
    }

    /**
     * Takes a single identifier away from a person, who keeps what came by it and whoever came with it; it begins again as
     * nobody's. When the person was known by it first of all, the profile goes on under the id of another identifier.
     */
    public Decision detach(ActorId id, String requestId, long atMillis) {
        return unmerge(id, true, Cause.request(requestId, Cause.DETACH, atMillis));
    }

    private Decision unmerge(ActorId id, boolean isAlone, Cause cause) {
        return request(new Message.Unmerge(ActorId.ledger(id.workspace()), id, isAlone, cause), cause);
    }

    /**
     * Forgets the person behind an identifier: traits, groups and links. Events that come later, or are on their way, make
     * new profiles.
     */
    public Decision delete(ActorId id, String requestId, long atMillis) {
        Cause cause = Cause.request(requestId, Cause.DELETE, atMillis);
        return request(new Message.Delete(ActorId.ledger(id.workspace()), id, cause), cause);
    }

    private Decision request(Message.ToLedger request, Cause cause) {
        checkUsable();
        LanePartition ledger = partition(request.to().partition(store.partitions()));
        Dedupe.Mark mark = Dedupe.mark(request.to().workspace(), "", cause.messageId());
        if (ledger.isSeen(mark, cause.atMillis())) {
            return new Decision(Decision.Verdict.REPEATED, LaneResult.NOTHING);
        }
        ledger.forgetVerdict();
        LaneResult counts = commit(List.of(), List.of(new RunningBatch.Request(request, mark, cause.atMillis())));
        return new Decision(partition(ledger.number()).verdict(), counts);
    }

    /**
     * Answers what is asked about a partition of this lane; orders are committed first.
     *
     * @return the reply, and what became of events on the way
     */
    Answered answer(Question question) {
        checkUsable();
        int home = partition(question.of().partition(store.partitions())).number();
        return switch (question) {
            case Question.Who who -> new Answered(inquiry.who(who.of()), LaneResult.NOTHING);
            case Question.Facts facts ->
                new Answered(inquiry.facts(home, facts.of(), facts.numbers()), LaneResult.NOTHING);
            case Question.FactsFrom facts ->
                new Answered(inquiry.factsFrom(home, facts.of(), facts.first(), facts.max()), LaneResult.NOTHING);
            case Question.Order order -> {
                Decision decision = carryOut(order);
                yield new Answered(new Reply.Done(decision.verdict()), decision.counts());
            }
        };
    }

    private Decision carryOut(Question.Order order) {
        return switch (order.kind()) {
            case ALIAS -> alias(order.id(), Objects.requireNonNull(order.other()), order.requestId(), order.atMillis());
            case UNMERGE -> unmerge(order.id(), order.requestId(), order.atMillis());
            case DETACH -> detach(order.id(), order.requestId(), order.atMillis());
            case DELETE -> delete(order.id(), order.requestId(), order.atMillis());
        };
    }

    /** The partition where the ledger of a workspace lives. */
    public static int ledgerPartition(String workspace, int partitions) {
        return ActorId.ledger(workspace).partition(partitions);
    }

    /** Whether no message waits for {@link #drain}. */
    public boolean isIdle() {
        return arrivals.isEmpty();
    }

    /** Takes messages from partitions of other lanes; they take effect with the next commit. Repeats are harmless. */
    public void receive(List<ChannelMessage> messages) {
        messages.forEach(this::take);
    }

    private void take(ChannelMessage message) {
        LanePartition receiver = partitions.get(message.to());
        if (receiver == null) {
            return;
        }
        if (partitions.containsKey(message.from())) {
            arrivals.add(Arrivals.decoded(message));
        } else {
            arrivals.offer(message, receiver.channels().lastReceived(message.from()));
        }
    }

    /** Takes receipts for messages that went to other lanes; they need not be sent again. */
    public void acknowledged(List<ChannelMessage.Receipt> receipts) {
        for (ChannelMessage.Receipt receipt : receipts) {
            LanePartition sender = partitions.get(receipt.from());
            if (sender != null) {
                sender.channels().acknowledged(receipt.to(), receipt.number());
            }
        }
    }

    /** Committed messages for other lanes that have no receipt yet; to be sent again from time to time. */
    public List<ChannelMessage> unacknowledged() {
        return partitions.values().stream()
                .flatMap(partition -> partition.channels().unacknowledged().stream())
                .filter(message -> !partitions.containsKey(message.to()))
                .toList();
    }

    /** How many events the partitions hold until the ledger has decided about their user. */
    public long heldEvents() {
        return partitions.values().stream().mapToLong(LanePartition::heldEvents).sum();
    }

    private LanePartition partition(int number) {
        return owned(number, partitions);
    }

    static LanePartition owned(int number, Map<Integer, LanePartition> partitions) {
        LanePartition partition = partitions.get(number);
        if (partition == null) {
            throw new PlatformException(Problem.NOT_OWNER, "partition " + number + " belongs to another lane");
        }
        return partition;
    }

    private void checkUsable() {
        if (isBroken) {
            throw new PlatformException(Problem.NOT_OWNER, "the lane has failed and must be opened again");
        }
    }

    // ---- one commit

    private LaneResult commit(List<Event> batch, List<RunningBatch.Request> requests) {
        List<Inbound> messages = arrivals.next(config.messagesPerCommit());
        try {
            running.apply(messages, batch, requests);
            List<Changes> changes = new ArrayList<>();
            for (LanePartition partition : partitions.values()) {
                Changes changed = partition.flush();
                if (changed != null) {
                    changes.add(changed);
                }
            }
            if (!changes.isEmpty()) {
                store.commit(changes);
            }
        } catch (RuntimeException failed) {
            isBroken = true;
            throw failed;
        }
        partitions.values().forEach(LanePartition::committed);
        publish(messages);
        return running.result();
    }

    /** Forgets what an unfinished batch did. */
    private void reload() {
        Map<Integer, Long> epochs = new LinkedHashMap<>();
        partitions.values().forEach(partition -> epochs.put(partition.number(), partition.epoch()));
        load(epochs, epochs.size());
    }

    /** After the commit: messages may go out, and those that took effect are acknowledged. */
    private void publish(List<Inbound> taken) {
        running.sentInLane().forEach(arrivals::add);
        List<ChannelMessage> sentAway = running.sentAway();
        if (!sentAway.isEmpty()) {
            transport.send(sentAway);
        }
        Set<Arrivals.Way> ways = new HashSet<>(arrivals.takeRepeated());
        taken.forEach(inbound -> ways.add(new Arrivals.Way(inbound.from(), inbound.to())));
        List<ChannelMessage.Receipt> receipts = ways.stream()
                .map(way -> new ChannelMessage.Receipt(
                        way.from(), way.to(), partition(way.to()).channels().lastReceived(way.from())))
                .toList();
        List<ChannelMessage.Receipt> away = new ArrayList<>();
        for (ChannelMessage.Receipt receipt : receipts) {
            LanePartition sender = partitions.get(receipt.from());
            if (sender == null) {
                away.add(receipt);
            } else {
                sender.channels().acknowledged(receipt.to(), receipt.number());
            }
        }
        if (!away.isEmpty()) {
            transport.acknowledge(away);
        }
    }
}
