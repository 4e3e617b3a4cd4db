package io.segmentdo.route;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.segmentdo.event.Event;
import io.segmentdo.event.EventType;
import io.segmentdo.event.Utf8Json;
import io.segmentdo.identity.BatchCommitted;
import io.segmentdo.identity.Directory;
import io.segmentdo.identity.EventBatch;
import io.segmentdo.identity.Lanes;
import io.segmentdo.identity.Partitions;
import io.segmentdo.identity.Place;
import io.segmentdo.identity.Seal;
import io.segmentdo.problem.PlatformException;
import io.segmentdo.spool.Spool;
import io.segmentdo.spool.SpoolConfig;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.ThreadingModel;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.Message;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A router with a real spool, and owners that a test moves about. */
class RouterTest {
    private static final int PARTITIONS = 4;

    @TempDir
    Path directory;

    private final Vertx vertx = Vertx.vertx();
    private final Owners owners = new Owners();
    private final Owner first = new Owner("first");
    private final Owner second = new Owner("second");
    private Spool spool;
    private int sent;

    @BeforeEach
    void start() {
        Lanes.registerCodecs(vertx.eventBus(), Seal.NONE);
        spool = Spool.open(directory, SpoolConfig.DEFAULT, new SimpleMeterRegistry(), InstantSource.system());
        for (int partition = 0; partition < PARTITIONS; partition++) {
            owners.give(partition, first);
        }
        join(vertx.deployVerticle(
                new Router(spool, RouteConfig.DEFAULT, PARTITIONS, owners),
                new DeploymentOptions()
                        .setThreadingModel(ThreadingModel.WORKER)
                        .setWorkerPoolName("router")
                        .setWorkerPoolSize(1)));
    }

    @AfterEach
    void stop() {
        first.heldBack.forEach(message -> message.fail(1, "the test is over"));
        join(vertx.close());
        spool.close();
    }

    @Test
    void aPartitionThatIsRefusedHoldsUpNoOther() {
        first.refused.add(2);

        send(0, 20);
        send(2, 20);
        send(3, 20);

        await(() -> first.committed(0).size() == 20 && first.committed(3).size() == 20);
        assertThat(first.committed(2)).isEmpty();
        first.refused.clear();
        await(() -> first.committed(2).size() == 20);
        assertInOrder(first.committed(2));
        await(() -> spool.depthEvents() == 0);
    }

    @Test
    void aPartitionThatMovesKeepsItsOrder() {
        first.refused.add(1);
        send(1, 50);
        send(0, 50);
        await(() -> first.committed(0).size() == 50);

        owners.give(1, second);
        send(1, 50);

        await(() -> second.committed(1).size() == 100);
        assertInOrder(second.committed(1));
        assertThat(first.committed(1)).isEmpty();
    }

    @Test
    void whatAMemberHadThatLeftGoesToTheNewOwner() {
        first.holdsBack = true;
        send(1, 10);
        await(() -> !first.heldBack.isEmpty());

        owners.left.add("first");
        owners.give(1, second);
        send(1, 10);

        await(() -> second.committed(1).size() == 20);
        assertInOrder(second.committed(1));
    }

    /** As after a long pause of a process: it remembers batches that it had before it was left out. */
    @Test
    void aMemberThatComesBackTakesNoNewBatchForAnOldOne() {
        for (int i = 1; i <= 5; i++) {
            int count = i;
            send(1, 1);
            await(() -> first.committed(1).size() == count);
        }
        owners.left.add("first");
        owners.give(1, second);
        send(1, 1);
        await(() -> second.committed(1).size() == 1);

        owners.left.clear();
        owners.give(1, first);
        send(1, 3);

        await(() -> first.committed(1).size() == 8);
    }

    @Test
    void whileNobodyOwnsAPartitionItsEventsWait() {
        owners.places.remove(1);
        owners.changed();
        send(1, 5);
        send(0, 5);
        await(() -> first.committed(0).size() == 5);

        owners.give(1, second);

        await(() -> second.committed(1).size() == 5);
    }

    // ---- owners

    /** Who owns what, as the test says. */
    private static final class Owners implements Directory {
        private final ConcurrentHashMap<Integer, Place> places = new ConcurrentHashMap<>();
        private final Set<String> left = ConcurrentHashMap.newKeySet();
        private final List<Runnable> listeners = new CopyOnWriteArrayList<>();

        void give(int partition, Owner owner) {
            places.put(partition, owner.place);
            changed();
        }

        void changed() {
            listeners.forEach(Runnable::run);
        }

        @Override
        public Place find(int partition) {
            return places.get(partition);
        }

        @Override
        public boolean isHere(Place place) {
            return true;
        }

        @Override
        public boolean isMember(Place place) {
            return !left.contains(place.member());
        }

        @Override
        public AutoCloseable onChange(Runnable listener) {
            listeners.add(listener);
            return () -> listeners.remove(listener);
        }
    }

    /** A lane that commits everything but what it is to refuse, and each batch once. */
    private final class Owner {
        private final Place place;
        private final Set<Integer> refused = ConcurrentHashMap.newKeySet();
        private final List<Event> committed = new CopyOnWriteArrayList<>();
        private final List<Message<EventBatch>> heldBack = new CopyOnWriteArrayList<>();
        private volatile boolean holdsBack;
        private long lastBatch;

        Owner(String name) {
            place = new Place(name, 0);
            vertx.eventBus().<EventBatch>consumer(place.address(), this::take);
        }

        private synchronized void take(Message<EventBatch> message) {
            EventBatch batch = message.body();
            if (holdsBack) {
                heldBack.add(message);
                return;
            }
            Set<Integer> foreign = new TreeSet<>();
            batch.events().forEach(event -> foreign.add(Partitions.of(event, PARTITIONS)));
            foreign.retainAll(refused);
            if (!foreign.isEmpty()) {
                message.fail(
                        2,
                        String.join(",", foreign.stream().map(String::valueOf).toList()));
                return;
            }
            if (batch.number() > lastBatch) {
                lastBatch = batch.number();
                committed.addAll(batch.events());
            }
            message.reply(new BatchCommitted(batch.router(), batch.number()));
        }

        List<Integer> committed(int partition) {
            return committed.stream()
                    .filter(event -> Partitions.of(event, PARTITIONS) == partition)
                    .map(event -> Integer.valueOf(event.messageId()))
                    .toList();
        }
    }

    // ---- events

    private void send(int partition, int count) {
        for (int i = 0; i < count; i++) {
            spool.append(List.of(event(partition, sent++)), new Spool.Acknowledgement() {
                @Override
                public void durable(long position) {
                    // the router will see it
                }

                @Override
                public void failed(PlatformException problem) {
                    throw problem;
                }
            });
        }
    }

    private static Event event(int partition, int number) {
        for (int i = 0; ; i++) {
            Event event = new Event(
                    EventType.TRACK,
                    "w",
                    "s",
                    String.valueOf(number),
                    "u" + i,
                    null,
                    null,
                    null,
                    0,
                    0,
                    Utf8Json.of("{}"));
            if (Partitions.of(event, PARTITIONS) == partition) {
                return event;
            }
        }
    }

    private static void assertInOrder(List<Integer> numbers) {
        assertThat(numbers).isSortedAccordingTo(Integer::compare).doesNotHaveDuplicates();
    }

    private static void await(BooleanSupplier condition) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("still waiting").isLessThan(deadline);
            try {
                TimeUnit.MILLISECONDS.sleep(2);
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }
    }

    private static <T> T join(Future<T> future) {
        return future.toCompletionStage().toCompletableFuture().join();
    }
}
