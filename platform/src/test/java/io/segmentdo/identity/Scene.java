package io.segmentdo.identity;

import io.segmentdo.event.Event;
import io.segmentdo.event.IdentifiedEvent;
import io.segmentdo.event.ProfileFact;
import io.segmentdo.store.InMemoryStore;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Four partitions with a lane each, and a test that decides when a message between them arrives: nothing moves unless it is
 * told to. Identifiers are made for the partition in which they are to live.
 */
final class Scene {
    static final int PARTITIONS = 4;

    private static final long NOW = 1_790_000_000_000L;

    /** Where the ledger lives. */
    static final int LEDGER = IdentityLane.ledgerPartition(Events.WORKSPACE, PARTITIONS);

    private record Road(int from, int to) implements Comparable<Road> {
        @Override
        public int compareTo(Road that) {
            return from != that.from ? Integer.compare(from, that.from) : Integer.compare(to, that.to);
        }
    }

    final InMemoryStore disk = new InMemoryStore(PARTITIONS);
    final RecordedLog log = new RecordedLog(disk);

    /** The rules, which a test may change. */
    IdentityRules rules;

    private final IdentityConfig config;
    private final IdentityLane[] lanes = new IdentityLane[PARTITIONS];
    private final Map<Road, Deque<ChannelMessage>> roads = new TreeMap<>();

    Scene(IdentityRules rules) {
        this(rules, IdentityConfig.DEFAULT);
    }

    Scene(IdentityRules rules, IdentityConfig config) {
        this.rules = rules;
        this.config = config;
        for (int partition = 0; partition < PARTITIONS; partition++) {
            restart(partition);
        }
    }

    /** The name of an identifier of a type that lives in a partition; another one for each number. */
    static String name(String type, int partition, int number) {
        int left = number;
        for (int i = 0; ; i++) {
            String name = type.charAt(0) + "" + i;
            if (ActorId.of(Events.WORKSPACE, type, name).partition(PARTITIONS) == partition && left-- == 0) {
                return name;
            }
        }
    }

    static String user(int partition, int number) {
        return name(ActorId.USER, partition, number);
    }

    static String device(int partition, int number) {
        return name(ActorId.ANONYMOUS, partition, number);
    }

    IdentityLane lane(int partition) {
        return lanes[partition];
    }

    /** Replaces a lane by one that starts from what is stored. */
    void restart(int partition) {
        lanes[partition] = new IdentityLane(disk, log, config, workspace -> rules, new ChannelTransport() {
            @Override
            public void send(List<ChannelMessage> messages) {
                messages.forEach(message -> roads.computeIfAbsent(
                                new Road(message.from(), message.to()), key -> new ArrayDeque<>())
                        .add(message));
            }

            @Override
            public void acknowledge(List<ChannelMessage.Receipt> receipts) {
                receipts.forEach(receipt -> lanes[receipt.from()].acknowledged(List.of(receipt)));
            }
        });
        lanes[partition].open(List.of(partition));
    }

    /** Lets events come in; their messages stay on their roads. */
    void comes(Event... events) {
        for (Event event : events) {
            lanes[Partitions.of(event, PARTITIONS)].apply(List.of(event));
        }
        log.observe();
    }

    Decision.Verdict unmerge(ActorId id, String request) {
        Decision decision = lanes[LEDGER].unmerge(id, request, NOW);
        log.observe();
        return decision.verdict();
    }

    Decision.Verdict detach(ActorId id, String request) {
        Decision decision = lanes[LEDGER].detach(id, request, NOW);
        log.observe();
        return decision.verdict();
    }

    Decision.Verdict delete(ActorId id, String request) {
        Decision decision = lanes[LEDGER].delete(id, request, NOW);
        log.observe();
        return decision.verdict();
    }

    Decision.Verdict alias(ActorId user, ActorId former, String request) {
        Decision decision = lanes[LEDGER].alias(user, former, request, NOW);
        log.observe();
        return decision.verdict();
    }

    /** What is on a road and has not arrived. */
    List<ChannelMessage> onRoad(int from, int to) {
        return List.copyOf(roads.getOrDefault(new Road(from, to), new ArrayDeque<>()));
    }

    /** Lets arrive what is on one road. */
    void arrives(int from, int to) {
        Deque<ChannelMessage> road = roads.getOrDefault(new Road(from, to), new ArrayDeque<>());
        List<ChannelMessage> messages = List.copyOf(road);
        road.clear();
        lanes[to].receive(messages);
        while (!lanes[to].isIdle()) {
            lanes[to].drain();
        }
        log.observe();
    }

    /** Lets everything arrive, until nothing is on its way. */
    void settles() {
        for (int round = 0; round < 100; round++) {
            List<Road> busy = roads.entrySet().stream()
                    .filter(road -> !road.getValue().isEmpty())
                    .map(Map.Entry::getKey)
                    .toList();
            if (busy.isEmpty()) {
                return;
            }
            busy.forEach(road -> arrives(road.from, road.to));
        }
        throw new AssertionError("it does not come to rest");
    }

    /** Lets everything arrive but what is on one road. */
    void settlesBut(int from, int to) {
        Deque<ChannelMessage> held = roads.computeIfAbsent(new Road(from, to), key -> new ArrayDeque<>());
        Deque<ChannelMessage> kept = new ArrayDeque<>(held);
        held.clear();
        for (int round = 0; round < 100; round++) {
            kept.addAll(held);
            held.clear();
            List<Road> busy = roads.entrySet().stream()
                    .filter(road -> !road.getValue().isEmpty())
                    .map(Map.Entry::getKey)
                    .toList();
            if (busy.isEmpty()) {
                held.addAll(kept);
                return;
            }
            busy.forEach(road -> arrives(road.from, road.to));
        }
        throw new AssertionError("it does not come to rest");
    }

    StoredState state() {
        return StoredState.read(disk);
    }

    /** All identifiers of the person behind one. */
    Set<ActorId> person(ActorId id) {
        StoredState state = state();
        if (!state.actors.containsKey(id)) {
            return Set.of(id);
        }
        return new TreeSet<>(state.actors.get(state.root(id)).allMembers());
    }

    List<IdentifiedEvent> identified() {
        List<IdentifiedEvent> identified = new ArrayList<>();
        log.committed.forEach(entry -> {
            if (entry instanceof IdentifiedEvent event) {
                identified.add(event);
            }
        });
        return identified;
    }

    /** The ids of all identified events, in the order of their commits. */
    List<String> order() {
        return identified().stream().map(entry -> entry.event().messageId()).toList();
    }

    List<ProfileFact> facts(ProfileFact.Kind kind) {
        List<ProfileFact> facts = new ArrayList<>();
        log.committed.forEach(entry -> {
            if (entry instanceof ProfileFact fact && fact.kind() == kind) {
                facts.add(fact);
            }
        });
        return facts;
    }

    long decisions(Fact.Kind kind) {
        return state().facts.stream().filter(fact -> fact.kind() == kind).count();
    }
}
