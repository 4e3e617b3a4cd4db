package io.segmentdo.identity;

import io.segmentdo.event.Event;
import io.segmentdo.identity.Arrivals.Inbound;
import io.segmentdo.identity.Message.Visit;
import io.segmentdo.problem.PlatformException;
import io.segmentdo.problem.Problem;
import io.segmentdo.store.PartitionStore;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a lane applies with one commit: messages between partitions, then events, then requests, in order, each with all
 * that it leads to within the commit. It is used for one batch after the other.
 *
 * <p>An item that cannot be applied may have changed half of what it changes, so the partitions are loaded again and the
 * batch starts over without it. Confined to its lane.
 */
final class RunningBatch implements LanePartition.Surroundings {
    private static final Logger log = LoggerFactory.getLogger(RunningBatch.class);

    /** Something that is asked of a ledger of this lane from outside. */
    record Request(Message.ToLedger message, Dedupe.Mark mark, long atMillis) {}

    /** A message that is taken in by the commit that sends it. */
    private record Within(LanePartition receiver, Message message) {}

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
    private final RuleBook rules;
    private final Map<Integer, LanePartition> partitions;
    private final Map<Integer, Protocol> actors;
    private final Runnable reload;

    private final Deque<Within> within = new ArrayDeque<>();
    private final List<Inbound> sentInLane = new ArrayList<>();
    private final List<ChannelMessage> sentAway = new ArrayList<>();
    private Tally tally = new Tally();

    /**
     * With nothing in it.
     *
     * @param partitions what the lane owns
     * @param actors the protocol of each of them
     * @param reload loads all partitions again as they are stored
     */
    RunningBatch(
            PartitionStore store,
            EventLog events,
            IdentityConfig config,
            RuleBook rules,
            Map<Integer, LanePartition> partitions,
            Map<Integer, Protocol> actors,
            Runnable reload) {
        this.store = store;
        this.events = events;
        this.config = config;
        this.rules = rules;
        this.partitions = partitions;
        this.actors = actors;
        this.reload = reload;
    }

    /** Applies everything; what cannot be applied is found out one by one and put aside. */
    void apply(List<Inbound> messages, List<Event> batch, List<Request> requests) {
        rules.refresh();
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
                    LanePartition ledger = owned(request.message.to().partition(store.partitions()));
                    ledger.mark(request.mark, request.atMillis);
                    deliver(ledger, request.message);
                }
                return;
            } catch (Unappliable found) {
                String reason = reasonFor(found);
                unappliable.put(found.item, reason);
                reload.run();
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

    private LanePartition owned(int number) {
        return IdentityLane.owned(number, partitions);
    }

    private void applyMessage(Inbound inbound, @Nullable String unappliable) {
        LanePartition partition = owned(inbound.to());
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
        Mentions mentions = rules(event.workspace()).mentionReader().read(event, stop);
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

    /** What became of its events. */
    LaneResult result() {
        return tally.result();
    }

    /** Messages for other partitions of the lane that the commit makes durable. */
    List<Inbound> sentInLane() {
        return sentInLane;
    }

    /** Messages for other lanes that the commit makes durable. */
    List<ChannelMessage> sentAway() {
        return List.copyOf(sentAway);
    }

    // ---- what the partitions need

    @Override
    public IdentityConfig config() {
        return config;
    }

    @Override
    public CompiledRules rules(String workspace) {
        return rules.of(workspace);
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
