package io.segmentdo.identity;

import io.segmentdo.event.Event;
import io.segmentdo.problem.PlatformException;
import io.segmentdo.store.InMemoryStore;
import io.segmentdo.store.PartitionStore;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/**
 * Two members with a lane each, a router, a network that loses, repeats and reorders, and a store that fails: everything
 * decided by one seed.
 */
final class World {
    private static final int PARTITIONS_MAX = 5;

    /** One world of so many is looked at after every step. */
    private static final int WATCHED = 13;

    /** What may happen in a world. */
    enum Flavour {
        PLAIN,
        LAST_TOUCH,
        NO_LIMITS,
        ALIASES,
        EVERYTHING;

        boolean hasAliases() {
            return this == ALIASES || this == EVERYTHING;
        }

        static Flavour of(long seed) {
            return values()[(int) Math.min(Math.floorMod(seed, 6L), values().length - 1L)];
        }
    }

    /**
     * What is different from the real thing.
     *
     * @param protocol makes what the actors of a partition do
     * @param store what stands between the lanes and the disk
     * @param isWatched whether every step is looked at, rather than some worlds'
     */
    record Change(Function<PartitionState, Protocol> protocol, UnaryOperator<PartitionStore> store, boolean isWatched) {
        static final Change NONE = new Change(Actors::new, UnaryOperator.identity(), false);

        /** Nothing is different, and each message that is taken in is told. */
        static Change trace(Consumer<String> listener) {
            return new Change(
                    state -> {
                        Protocol actors = new Actors(state);
                        return message -> {
                            listener.accept("p" + state.number() + " " + message);
                            actors.deliver(message);
                        };
                    },
                    UnaryOperator.identity(),
                    true);
        }
    }

    /** Counts what the ledger is asked; exact in a world in which no commit fails. */
    private final class Asking extends DecoratedState {
        Asking(PartitionState state) {
            super(state);
        }

        @Override
        public void send(Message message) {
            if (message instanceof Message.Propose proposal && !proposal.isExplicit()) {
                proposal.ids().forEach(id -> asked.merge(proposal.asker() + " about " + id, 1, Integer::sum));
            }
            super.send(message);
        }
    }

    /** One member: its lane and the partitions that it believes to own. */
    private final class Member implements ChannelTransport {
        private final Set<Integer> partitions = new TreeSet<>();
        private IdentityLane lane = newLane(this);

        @Override
        public void send(List<ChannelMessage> messages) {
            messagesInFlight.addAll(messages);
        }

        @Override
        public void acknowledge(List<ChannelMessage.Receipt> receipts) {
            receiptsInFlight.addAll(receipts);
        }
    }

    final Flavour flavour;
    final IdentityRules rules;
    final InMemoryStore disk;
    final RecordedLog log;

    /** Whether commits may fail, members may restart and partitions may move. */
    final boolean isFaulty;

    /** Every event in the order in which it was accepted, repeats not among them. */
    final List<Event> accepted = new ArrayList<>();

    private final Random random;
    private final RandomEvents events;
    private final UnreliableStore store;
    private final Function<PartitionState, Protocol> protocol;
    private final Map<Integer, Deque<Event>> router = new HashMap<>();
    private final List<ChannelMessage> messagesInFlight = new ArrayList<>();
    private final List<ChannelMessage.Receipt> receiptsInFlight = new ArrayList<>();
    private final Member[] members;
    private final int partitions;
    private final int[] owner;

    /** Whether it is looked at more closely than others. */
    final boolean isWatched;

    private final Map<String, Integer> asked = new HashMap<>();
    private long clock = 1_790_000_000_000L;

    World(long seed) {
        this(seed, Change.NONE);
    }

    /** A world in which something is changed. */
    World(long seed, Change change) {
        this.random = new Random(seed * 0x9E3779B97F4A7C15L + 1);
        this.flavour = Flavour.of(seed);
        this.events = new RandomEvents(random, flavour);
        this.partitions = 1 + random.nextInt(PARTITIONS_MAX);
        this.owner = new int[partitions];
        this.disk = commitsTogether(seed) ? InMemoryStore.together(partitions) : new InMemoryStore(partitions);
        this.log = new RecordedLog(disk);
        this.isWatched = change.isWatched || seed % WATCHED == 0;
        this.isFaulty = random.nextInt(4) != 0;
        this.rules = rulesFor(flavour);
        this.store = new UnreliableStore(change.store.apply(disk));
        this.protocol = state -> change.protocol.apply(new Asking(state));
        this.members = new Member[] {new Member(), new Member()};
        for (int partition = 0; partition < partitions; partition++) {
            router.put(partition, new ArrayDeque<>());
            owner[partition] = random.nextInt(2);
            members[owner[partition]].partitions.add(partition);
        }
        reopen(members[0]);
        reopen(members[1]);
    }

    /** Every other world of a flavour has a store of one process. */
    private static boolean commitsTogether(long seed) {
        return Math.floorMod(seed, 12L) < 6;
    }

    private static IdentityRules rulesFor(Flavour flavour) {
        int limit = flavour == Flavour.NO_LIMITS ? 1000 : 2;
        return new IdentityRules(
                List.of(
                        IdentifierRule.of("user_id", flavour == Flavour.NO_LIMITS ? 1000 : 1),
                        IdentifierRule.of("email", limit, "traits.email"),
                        IdentifierRule.of("anonymous_id", limit)),
                5,
                List.of("null"),
                List.of(),
                flavour == Flavour.LAST_TOUCH
                        ? IdentityRules.SharedDevice.LAST_TOUCH
                        : IdentityRules.SharedDevice.FIRST_TOUCH,
                1000);
    }

    private IdentityLane newLane(Member member) {
        return new IdentityLane(store, log, IdentityConfig.DEFAULT, workspace -> rules, member, protocol);
    }

    /** How often each root asked the ledger about each identifier. */
    Map<String, Integer> asked() {
        return asked;
    }

    /** Lets so many events and everything else happen, then lets everything come to rest. */
    void run(int events) {
        int left = events;
        while (left > 0) {
            if (random.nextInt(3) == 0) {
                accept();
                left--;
            }
            step();
        }
        for (int i = 0; i < events; i++) {
            step();
        }
        rest();
    }

    // ---- events

    private void accept() {
        clock += random.nextInt(1000);
        if (!accepted.isEmpty() && random.nextInt(8) == 0) {
            route(accepted.get(random.nextInt(accepted.size())));
            return;
        }
        Event event = events.next(clock);
        accepted.add(event);
        route(event);
    }

    private void route(Event event) {
        router.get(Partitions.of(event, partitions)).add(event);
    }

    // ---- what may happen

    private void step() {
        int choice = random.nextInt(100);
        Member member = members[random.nextInt(2)];
        if (choice < 35) {
            feed(member);
        } else if (choice < 60) {
            attempt(member, () -> member.lane.drain());
        } else if (choice < 80) {
            deliverMessage();
        } else if (choice < 88) {
            deliverReceipt();
        } else if (choice < 92) {
            messagesInFlight.addAll(member.lane.unacknowledged());
        } else if (choice < 94) {
            request();
        } else if (isFaulty) {
            disturb(member, choice);
        }
        observe();
    }

    /** Reads what has been committed, and in a watched world looks whether it may be so. */
    private void observe() {
        log.observe();
        if (isWatched) {
            StepInvariants.check(disk);
        }
    }

    private void feed(Member member) {
        List<Deque<Event>> queues = new ArrayList<>();
        for (int partition : member.partitions) {
            boolean isStale = members[owner[partition]] != member;
            if (!isStale || random.nextInt(3) == 0) {
                queues.add(router.get(partition));
            }
        }
        List<Event> batch = new ArrayList<>();
        for (Deque<Event> queue : queues) {
            int count = Math.min(queue.size(), random.nextInt(4));
            queue.stream().limit(count).forEach(batch::add);
        }
        if (!batch.isEmpty() && attempt(member, () -> member.lane.apply(batch))) {
            batch.forEach(event -> router.get(Partitions.of(event, partitions)).removeFirst());
        }
    }

    /** Does something with a lane; one that fails is replaced. */
    private boolean attempt(Member member, Runnable action) {
        try {
            action.run();
            return true;
        } catch (RuntimeException failed) {
            if (!(failed instanceof PlatformException) && !isStale(member)) {
                throw failed;
            }
            log.observe();
            reopen(member);
            return false;
        } finally {
            log.observe();
        }
    }

    /** One that reads what its successor wrote may well stumble; what it would have written is refused anyway. */
    private boolean isStale(Member member) {
        return member.partitions.stream().anyMatch(partition -> members[owner[partition]] != member);
    }

    private void reopen(Member member) {
        while (true) {
            try {
                member.lane = newLane(member);
                member.partitions.clear();
                for (int partition = 0; partition < partitions; partition++) {
                    if (members[owner[partition]] == member) {
                        member.partitions.add(partition);
                    }
                }
                member.lane.open(member.partitions);
                return;
            } catch (PlatformException failed) {
                log.observe();
            }
        }
    }

    private void deliverMessage() {
        if (messagesInFlight.isEmpty()) {
            return;
        }
        int place = random.nextInt(messagesInFlight.size());
        ChannelMessage message = random.nextInt(8) == 0 ? messagesInFlight.get(place) : messagesInFlight.remove(place);
        if (random.nextInt(10) != 0) {
            members[random.nextInt(6) == 0 ? random.nextInt(2) : owner[message.to()]].lane.receive(List.of(message));
        }
    }

    private void deliverReceipt() {
        if (!receiptsInFlight.isEmpty()) {
            ChannelMessage.Receipt receipt = receiptsInFlight.remove(random.nextInt(receiptsInFlight.size()));
            if (random.nextInt(5) != 0) {
                members[owner[receipt.from()]].lane.acknowledged(List.of(receipt));
            }
        }
    }

    private void request() {
        if (flavour != Flavour.EVERYTHING) {
            return;
        }
        ActorId id = events.identifier();
        Member ledger = members[owner[IdentityLane.ledgerPartition(Events.WORKSPACE, partitions)]];
        String name = "r" + clock;
        switch (random.nextInt(4)) {
            case 0 -> attempt(ledger, () -> ledger.lane.delete(id, name, clock));
            case 1 -> attempt(ledger, () -> ledger.lane.detach(id, name, clock));
            default -> attempt(ledger, () -> ledger.lane.unmerge(id, name, clock));
        }
    }

    private void disturb(Member member, int choice) {
        if (choice < 96) {
            InMemoryStore.Fault[] faults = InMemoryStore.Fault.values();
            store.fail(random.nextInt(30), faults[random.nextInt(faults.length)]);
        } else if (choice < 98) {
            reopen(member);
        } else {
            int partition = random.nextInt(partitions);
            Member former = members[owner[partition]];
            owner[partition] = 1 - owner[partition];
            Member next = members[owner[partition]];
            if (random.nextBoolean()) {
                former.lane.close(List.of(partition));
                former.partitions.remove(partition);
            }
            next.partitions.add(partition);
            attempt(next, () -> next.lane.open(List.of(partition)));
        }
    }

    private void rest() {
        store.fail(-1, InMemoryStore.Fault.BEFORE);
        for (Member member : members) {
            reopen(member);
        }
        for (int round = 0; round < 1000; round++) {
            boolean isQuiet = true;
            for (Member member : members) {
                for (int partition : member.partitions) {
                    List<Event> batch = List.copyOf(router.get(partition));
                    if (!batch.isEmpty()) {
                        member.lane.apply(batch);
                        observe();
                        router.get(partition).clear();
                        isQuiet = false;
                    }
                }
                while (!member.lane.isIdle()) {
                    member.lane.drain();
                    observe();
                    isQuiet = false;
                }
                log.observe();
                isQuiet &= member.lane.unacknowledged().isEmpty();
                messagesInFlight.addAll(member.lane.unacknowledged());
            }
            List<ChannelMessage> messages = List.copyOf(messagesInFlight);
            messagesInFlight.clear();
            messages.forEach(message -> members[owner[message.to()]].lane.receive(List.of(message)));
            List<ChannelMessage.Receipt> receipts = List.copyOf(receiptsInFlight);
            receiptsInFlight.clear();
            receipts.forEach(receipt -> members[owner[receipt.from()]].lane.acknowledged(List.of(receipt)));
            if (isQuiet && messages.isEmpty()) {
                return;
            }
        }
        throw new AssertionError("it does not come to rest");
    }
}
