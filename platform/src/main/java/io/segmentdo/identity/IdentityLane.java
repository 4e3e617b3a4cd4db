package io.segmentdo.identity;

import io.segmentdo.event.Event;
import io.segmentdo.identity.Arrivals.Inbound;
import io.segmentdo.identity.Message.Visit;
import io.segmentdo.problem.PlatformException;
import io.segmentdo.problem.Problem;
import io.segmentdo.store.Changes;
import io.segmentdo.store.PartitionStore;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

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
    private static final Logger log = LoggerFactory.getLogger(IdentityLane.class);

    /** Something that is asked of a ledger of this lane from outside. */
    private record Request(Message.ToLedger message, Dedupe.Mark mark, long atMillis) {}

    /** A message that is taken in by the commit that sends it. */
    private record Within(LanePartition receiver, Message message) {}

    /** What is answered from outside, with what became of events on the way. */
    record Answered(Reply reply, LaneResult counts) {}

    /** The item in hand could not be applied; the batch is tried again without it. */
    private static final class Unappliable extends RuntimeException {
        private static final long serialVersionUID = 1;
        private final transient Object item;

        Unappliable(Object item, RuntimeException cause) {
            super(cause);
            this.item = item;
        }
    }

    private final PartitionStore store;
    private final EventLog events;
    private final IdentityConfig config;
    private final Function<String, IdentityRules> rules;
    private final ChannelTransport transport;
    private final Function<PartitionState, Protocol> protocol;
    private final Map<String, CompiledRules> compiled = new HashMap<>();
    private final Map<String, IdentityRules> compiledFrom = new HashMap<>();
    private final Surroundings surroundings = new Surroundings();

    private final Map<Integer, LanePartition> partitions = new LinkedHashMap<>();
    private final Map<Integer, Protocol> actors = new HashMap<>();
    private final Arrivals arrivals = new Arrivals();
    private final Inquiry inquiry;
    private boolean isBroken;

    // the running batch
    private final Deque<Within> within = new ArrayDeque<>();
    private final List<Inbound> sentInLane = new ArrayList<>();
    private final List<ChannelMessage> sentAway = new ArrayList<>();
    private Tally tally = new Tally();

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
        this.rules = rules;
        this.transport = transport;
        this.inquiry = new Inquiry(partitions, store);
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
        int owned = numbers.size() + partitions.size();
        epochs.forEach((number, epoch) -> load(number, epoch, owned));
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
        for (int number : numbers) {
            WaitingEvents.count(store, number, partition(number).channels(), waiting);
        }
    }

    private void load(int number, long epoch, int owned) {
        int cached = Math.max(64, config.cachedActors() / Math.max(1, owned));
        LanePartition partition = new LanePartition(number, epoch, cached, surroundings);
        partitions.put(number, partition);
        actors.put(number, protocol.apply(partition));
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
        LaneResult counts = commit(List.of(), List.of(new Request(request, mark, cause.atMillis())));
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

    private LaneResult commit(List<Event> batch, List<Request> requests) {
        List<Inbound> messages = arrivals.next(config.messagesPerCommit());
        try {
            compileRules();
            applyAll(messages, batch, requests);
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
        return tally.result();
    }

    /** Applies everything; what cannot be applied is found out one by one and put aside. */
    private void applyAll(List<Inbound> messages, List<Event> batch, List<Request> requests) {
        IdentityHashMap<Object, String> unappliable = new IdentityHashMap<>();
        while (true) {
            startOver();
            try {
                new ReadAhead(store, partitions).read(messages);
                for (Inbound inbound : messages) {
                    applyMessage(inbound, unappliable.get(inbound));
                }
                applyEvents(batch, unappliable);
                for (Request request : requests) {
                    LanePartition ledger = partition(request.message.to().partition(store.partitions()));
                    ledger.mark(request.mark, request.atMillis);
                    deliver(ledger, request.message);
                }
                return;
            } catch (Unappliable found) {
                String reason = reasonFor(found);
                unappliable.put(found.item, reason);
                reload();
            }
        }
    }

    /** The kind of the failure; its message may quote the payload, which must not get into logs. */
    private static String reasonFor(Unappliable found) {
        Throwable cause = found.getCause();
        boolean isData = cause instanceof UncheckedIOException;
        String reason = isData ? "invalid JSON" : String.valueOf(cause);
        log.atWarn()
                .addKeyValue("reason", reason)
                .setCause(isData ? null : cause)
                .log("An item could not be applied, it goes to the dead letters");
        return reason;
    }

    private void startOver() {
        tally = new Tally();
        within.clear();
        sentInLane.clear();
        sentAway.clear();
    }

    /** Forgets what an unfinished batch did. */
    private void reload() {
        for (LanePartition partition : List.copyOf(partitions.values())) {
            load(partition.number(), partition.epoch(), partitions.size());
        }
    }

    private void applyMessage(Inbound inbound, @Nullable String unappliable) {
        LanePartition partition = partition(inbound.to());
        long last = partition.channels().lastReceived(inbound.from());
        if (inbound.number() <= last) {
            return;
        }
        if (inbound.number() > last + 1) {
            throw new PlatformException(
                    Problem.STORAGE_FAILED,
                    "message " + inbound.number() + " from partition " + inbound.from() + " to " + inbound.to()
                            + " (expected: " + (last + 1) + "): the store has lost a commit");
        }
        partition.channels().received(inbound.from(), inbound.number());
        if (unappliable != null && inbound.message() instanceof Visit visit) {
            partition.deadLetter(visit.event(), unappliable);
            return;
        }
        try {
            deliver(partition, inbound.message());
        } catch (PlatformException failed) {
            throw failed;
        } catch (RuntimeException failed) {
            // only an event can be given up alone; without any other message the actors would contradict each other
            throw inbound.message() instanceof Visit ? new Unappliable(inbound, failed) : failed;
        }
    }

    private void applyEvents(List<Event> batch, IdentityHashMap<Object, String> unappliable) {
        if (batch.isEmpty()) {
            return;
        }
        FirstStops stops = new FirstStops(batch, store, partitions);
        for (int i = 0; i < batch.size(); i++) {
            Event event = batch.get(i);
            LanePartition partition = stops.partition(i);
            if (stops.isSeen(i) || !partition.mark(event, stops.mark(i))) {
                tally.duplicate(event.sourceKey());
                continue;
            }
            tally.entered(event.sourceKey());
            String reason = unappliable.get(event);
            if (reason != null) {
                partition.deadLetter(event, reason);
                continue;
            }
            try {
                enter(partition, stops.first(i), event);
            } catch (PlatformException failed) {
                throw failed;
            } catch (RuntimeException failed) {
                throw new Unappliable(event, failed);
            }
        }
    }

    /** Sends an event on its way up from the first identifier that the rules let count. */
    private void enter(LanePartition partition, ActorId stop, Event event) {
        Mentions mentions =
                surroundings.rules(event.workspace()).mentionReader().read(event, stop);
        ActorId first = mentions.first();
        if (first == null) {
            partition.identified(stop.profileId(0), event);
            return;
        }
        Visit visit = new Visit(first, first, false, event, mentions);
        if (first.equals(stop) || first.partition(store.partitions()) == partition.number()) {
            deliver(partition, visit);
        } else {
            partition.send(visit);
        }
    }

    /** Delivers a message and all that it leads to within the commit. */
    private void deliver(LanePartition partition, Message message) {
        Within next = new Within(partition, message);
        while (next != null) {
            Objects.requireNonNull(actors.get(next.receiver.number())).deliver(next.message);
            next = within.pollFirst();
        }
    }

    /** After the commit: messages may go out, and those that took effect are acknowledged. */
    private void publish(List<Inbound> taken) {
        sentInLane.forEach(arrivals::add);
        if (!sentAway.isEmpty()) {
            transport.send(List.copyOf(sentAway));
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

    private void compileRules() {
        compiledFrom.entrySet().removeIf(entry -> {
            boolean isOld = !rules.apply(entry.getKey()).equals(entry.getValue());
            if (isOld) {
                compiled.remove(entry.getKey());
            }
            return isOld;
        });
    }

    /** What the partitions need of the lane. */
    private final class Surroundings implements LanePartition.Surroundings {
        @Override
        public IdentityConfig config() {
            return config;
        }

        @Override
        public CompiledRules rules(String workspace) {
            return compiled.computeIfAbsent(workspace, name -> {
                IdentityRules current = rules.apply(name);
                compiledFrom.put(name, current);
                return new CompiledRules(current);
            });
        }

        @Override
        public EventLog log() {
            return events;
        }

        @Override
        public PartitionStore store() {
            return store;
        }

        @Override
        public Tally tally() {
            return tally;
        }

        @Override
        public @Nullable LanePartition commitsWith(int other) {
            return store.commitsTogether() ? partitions.get(other) : null;
        }

        @Override
        public void sendWithin(LanePartition receiver, Message message) {
            within.addLast(new Within(receiver, message));
        }

        @Override
        public void sent(ChannelMessage stored, Message message) {
            if (partitions.containsKey(stored.to())) {
                sentInLane.add(new Inbound(stored.from(), stored.to(), stored.number(), message));
            } else {
                sentAway.add(stored);
            }
        }
    }
}
