package io.segmentdo.delivery;

import io.micrometer.core.instrument.MeterRegistry;
import io.segmentdo.destination.Catalogue;
import io.segmentdo.destination.ConfiguredDestination;
import io.segmentdo.identity.Colleagues;
import io.segmentdo.problem.PlatformException;
import io.segmentdo.store.Changes;
import io.segmentdo.store.Keyspace;
import io.segmentdo.store.Outbox;
import io.segmentdo.store.PartitionStore;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLongArray;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Delivers every event of the outbox to every destination that wants it, at least once.
 *
 * <p>First it is told which partitions are this node's ({@link #own}), then which destinations there are ({@link
 * #replaceAll}); both may change at any time. Each destination has its own thread, connections, breaker and cursors, so
 * none waits for another. Calls may block on the store and on destinations that stop, so none is made on an event loop.
 * Safe for concurrent use.
 */
public final class Deliveries implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Deliveries.class);
    private static final long DISOWN_MILLIS = 500;

    private final Services services;
    private final Map<String, Lane> lanes = new ConcurrentHashMap<>();
    private final Map<String, ConfiguredDestination> configured = new HashMap<>();
    private final Map<Integer, Long> epochs = new TreeMap<>();
    private final ScheduledExecutorService watchdog;
    private final Future<?> watching;
    private final AutoCloseable tailSubscription;
    private final AutoCloseable catalogueSubscription;

    /** Starts with no partition and no destination. */
    public Deliveries(
            DeliveryConfig config,
            Vertx vertx,
            PartitionStore store,
            Outbox outbox,
            Catalogue catalogue,
            MeterRegistry meters,
            InstantSource clock,
            Path stateFolder) {
        this.services = new Services(
                config,
                new NetworkGuard(config.listeningOn("").allowedNetworks()),
                vertx,
                store,
                outbox,
                new AtomicLongArray(store.partitions()),
                catalogue,
                meters,
                clock,
                new StateFiles(stateFolder));
        this.watchdog = Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().name("delivery-watchdog").daemon().factory());
        long periodMillis = Math.max(5, Math.min(1000, config.pluginTimeout().toMillis() / 4));
        this.watching = watchdog.scheduleWithFixedDelay(this::watch, periodMillis, periodMillis, TimeUnit.MILLISECONDS);
        this.tailSubscription = outbox.subscribe(this::advanced);
        this.catalogueSubscription = catalogue.onChange(id -> lanes.values().forEach(lane -> lane.pluginChanged(id)));
    }

    private void advanced(int partition, long tail) {
        services.tails().accumulateAndGet(partition, tail, Math::max);
        for (Lane lane : lanes.values()) {
            lane.wake();
        }
    }

    /** Delivers from this partition too, with the epoch at which this node opened it. */
    public synchronized void own(int partition, long epoch) {
        epochs.put(partition, epoch);
        services.tails().accumulateAndGet(partition, services.outbox().tail(partition), Math::max);
        for (String destination : lanes.keySet()) {
            place(destination, partition, epoch);
        }
        lanes.values().forEach(lane -> lane.own(partition, epoch));
    }

    /**
     * Leaves partitions to their new owners, once what was decided about their events is stored; a destination that is
     * held up is not waited for, and what it has not stored is delivered again by the new owner.
     */
    public synchronized void disown(Collection<Integer> partitions) {
        epochs.keySet().removeAll(partitions);
        CompletableFuture<?>[] stored =
                lanes.values().stream().map(lane -> lane.disown(partitions)).toArray(CompletableFuture[]::new);
        try {
            CompletableFuture.allOf(stored).get(DISOWN_MILLIS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (TimeoutException | ExecutionException e) {
            LOG.atWarn().setCause(e).log("A destination did not store its state in time, some events go out again");
        }
    }

    /**
     * Puts these in the place of all destinations that were known. One that is new starts where the configuration says,
     * one that was known before goes on from its cursors, a changed one goes on without a gap or a repetition, and one
     * that is gone stops within the drain timeout.
     */
    public synchronized void replaceAll(Collection<ConfiguredDestination> destinations) {
        Map<String, ConfiguredDestination> next = new HashMap<>();
        destinations.forEach(destination -> next.put(destination.key(), destination));
        List<Lane> gone = new ArrayList<>();
        configured.keySet().removeIf(key -> {
            boolean removed = !next.containsKey(key);
            if (removed) {
                gone.add(require(key));
                lanes.remove(key);
            }
            return removed;
        });
        stop(gone);
        for (ConfiguredDestination destination : next.values()) {
            ConfiguredDestination before = configured.put(destination.key(), destination);
            if (before == null) {
                startOrForget(destination);
            } else if (!before.equals(destination)) {
                require(destination.key()).reconfigure(destination);
            }
        }
    }

    private Lane require(String destination) {
        return Objects.requireNonNull(lanes.get(destination), destination);
    }

    /** One that cannot be started now, because the store fails, is a new one again when it comes the next time. */
    private void startOrForget(ConfiguredDestination destination) {
        try {
            start(destination);
        } catch (PlatformException e) {
            configured.remove(destination.key());
            throw e;
        }
    }

    private void start(ConfiguredDestination destination) {
        epochs.forEach((partition, epoch) -> place(destination.key(), partition, epoch));
        Lane lane = new Lane(services, destination);
        lanes.put(destination.key(), lane);
        epochs.forEach(lane::own);
        lane.start();
    }

    /** Stores where a destination starts that was never here before. */
    private void place(String destination, int partition, long epoch) {
        PartitionStore store = services.store();
        byte[] key = Backlog.cursorKey(destination);
        if (store.read(partition, Keyspace.CURSOR, key) == null) {
            long start = switch (services.config().start()) {
                case HEAD -> services.outbox().head(partition);
                case TAIL -> services.outbox().tail(partition) + 1;
            };
            Changes changes = new Changes(partition, epoch);
            changes.put(Keyspace.CURSOR, key, Backlog.cursorValue(start));
            store.commitRelaxed(List.of(changes));
        }
    }

    /** How every destination is doing. */
    public List<DestinationStatus> statuses() {
        return lanes.values().stream().map(Lane::status).toList();
    }

    /** The oldest position of a partition that some destination still needs; {@link Long#MAX_VALUE} for none. */
    public long lowest(int partition) {
        return lanes.values().stream()
                .mapToLong(lane -> lane.storedCursor(partition))
                .min()
                .orElse(Long.MAX_VALUE);
    }

    /** What may be asked of destinations beside delivering, of a node on its own. */
    public Destinations destinations() {
        return destinations(Colleagues.NONE);
    }

    /** What may be asked of destinations beside delivering; to be called once. */
    public Destinations destinations(Colleagues colleagues) {
        return new Destinations(new Lanes(lanes), colleagues);
    }

    /** What was given up, of a node on its own. */
    public DeadLetters deadLetters() {
        return deadLetters(Colleagues.NONE);
    }

    /** What was given up, here and at other members; to be called once. */
    public DeadLetters deadLetters(Colleagues colleagues) {
        return new DeadLetters(services.store(), new Lanes(lanes), colleagues);
    }

    /** Delivers what is in the past. */
    public Replays replays() {
        return new Replays(new Lanes(lanes));
    }

    private void watch() {
        for (Lane lane : lanes.values()) {
            lane.relay();
        }
        if (lanes.values().stream().anyMatch(Lane::hasFailed)) {
            try {
                restartFailed();
            } catch (PlatformException e) {
                LOG.atWarn().addKeyValue("reason", e.getMessage()).log("A destination cannot be started again yet");
            }
        }
    }

    private synchronized void restartFailed() {
        for (ConfiguredDestination destination : List.copyOf(configured.values())) {
            Lane lane = lanes.get(destination.key());
            if (lane != null && lane.hasFailed()) {
                stop(List.of(lane));
                start(destination);
            }
        }
    }

    private static void stop(Collection<Lane> lanes) {
        List<Thread> stops = new ArrayList<>();
        for (Lane lane : lanes) {
            stops.add(Thread.startVirtualThread(() -> {
                try {
                    lane.stop();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }));
        }
        try {
            for (Thread stop : stops) {
                stop.join();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Waits for answers under way, at most the drain timeout and a moment, and stores the cursors. */
    @Override
    public synchronized void close() {
        watching.cancel(false);
        watchdog.shutdown();
        close(tailSubscription);
        close(catalogueSubscription);
        stop(lanes.values());
        lanes.clear();
        configured.clear();
    }

    private static void close(AutoCloseable subscription) {
        try {
            subscription.close();
        } catch (Exception e) {
            throw new IllegalStateException(e); // neither of the two has anything that could fail
        }
    }
}
