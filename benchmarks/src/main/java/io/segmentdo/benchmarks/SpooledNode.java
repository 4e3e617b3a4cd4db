package io.segmentdo.benchmarks;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.segmentdo.app.PlatformConfig;
import io.segmentdo.cluster.Claims;
import io.segmentdo.cluster.Cluster;
import io.segmentdo.event.Event;
import io.segmentdo.identity.Directory;
import io.segmentdo.identity.IdentityLane;
import io.segmentdo.identity.IdentityMeters;
import io.segmentdo.identity.IdentityRules;
import io.segmentdo.identity.Lanes;
import io.segmentdo.identity.LocalDirectory;
import io.segmentdo.identity.OutboxLog;
import io.segmentdo.identity.Seal;
import io.segmentdo.problem.PlatformException;
import io.segmentdo.route.Router;
import io.segmentdo.spool.Spool;
import io.segmentdo.store.Outbox;
import io.segmentdo.store.PartitionStore;
import io.segmentdo.store.StoreConfig;
import io.segmentdo.store.postgres.PostgresPartitionStore;
import io.segmentdo.store.rocks.RocksPartitionStore;
import io.segmentdo.telemetry.Discards;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.ThreadingModel;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What of a node lies between its collector and its destinations: spool, router, identity lanes and store, configured and
 * put together as in the product, alone or as a member of a cluster.
 *
 * <p>Routes only while it is told to, so that a spool can be filled before. Never closed: its process ends. Confined to one
 * thread.
 */
final class SpooledNode {
    private static final int EVENTS_PER_REQUEST = 20;
    private static final int REQUESTS_UNDER_WAY = 256;

    private final PlatformConfig config;
    private final MeterRegistry registry = new SimpleMeterRegistry();
    private final InstantSource clock = InstantSource.system();
    private final Directory directory;
    private final Vertx vertx;
    private final PartitionStore store;
    private final Spool spool;
    private final IdentityMeters identity;
    private final Claims claims;
    private @Nullable String router;

    /** Starts with an empty spool, and asks for its partitions. */
    SpooledNode(PlatformConfig config, Path data) {
        this.config = config;
        int lanes = config.identity().effectiveLanes();
        Optional<Cluster> cluster = config.cluster().enabled()
                ? Optional.of(Cluster.join(config.cluster(), config.store().partitions(), lanes))
                : Optional.empty();
        LocalDirectory alone = new LocalDirectory(lanes);
        directory = cluster.<Directory>map(joined -> joined).orElse(alone);
        VertxOptions options = new VertxOptions().setPreferNativeTransport(true);
        vertx = cluster.map(joined -> joined.connect(Vertx.builder(), options)
                        .buildClustered()
                        .await())
                .orElseGet(() -> Vertx.vertx(options));
        store = config.store().engine() == StoreConfig.Engine.POSTGRES
                ? PostgresPartitionStore.open(vertx, config.store(), registry)
                : RocksPartitionStore.open(data.resolve("store"), config.store(), registry);
        spool = Spool.open(data.resolve("spool"), config.spool(), registry, clock);
        Discards discards = new Discards(registry, config.telemetry().discards(), clock);
        identity = new IdentityMeters(registry, discards, lanes);
        OutboxLog log = new OutboxLog(new Outbox(store, config.outbox(), registry, clock));
        Lanes.registerCodecs(vertx.eventBus(), cluster.map(Cluster::seal).orElse(Seal.NONE));
        Lanes started = new Lanes(
                vertx,
                cluster.map(Cluster::places).orElse(alone.places()),
                directory,
                transport ->
                        new IdentityLane(store, log, config.identity(), workspace -> IdentityRules.DEFAULT, transport),
                identity);
        started.start().await();
        claims = cluster.map(joined -> Claims.in(joined, vertx, store, started, registry))
                .orElseGet(() -> Claims.alone(store, started, registry));
        claims.onChange(alone::changed);
        claims.start();
        cluster.ifPresent(Cluster::takePart);
    }

    /** Puts so many events into the spool, and returns when all are durable. */
    void fill(int count, Supplier<Event> next) {
        Semaphore room = new Semaphore(REQUESTS_UNDER_WAY);
        AtomicReference<@Nullable PlatformException> refusal = new AtomicReference<>();
        for (int left = count; left > 0; left -= EVENTS_PER_REQUEST) {
            room.acquireUninterruptibly();
            spool.append(IdentityEvents.list(Math.min(left, EVENTS_PER_REQUEST), next), new Spool.Acknowledgement() {
                @Override
                public void durable(long position) {
                    room.release();
                }

                @Override
                public void failed(PlatformException problem) {
                    refusal.set(problem);
                    room.release();
                }
            });
        }
        room.acquireUninterruptibly(REQUESTS_UNDER_WAY);
        PlatformException refused = refusal.get();
        if (refused != null) {
            throw refused;
        }
    }

    /** Begins to work off the spool. */
    void route() {
        DeploymentOptions options = new DeploymentOptions()
                .setThreadingModel(ThreadingModel.WORKER)
                .setWorkerPoolName("router")
                .setWorkerPoolSize(1);
        router = vertx.deployVerticle(new Router(spool, config.route(), store.partitions(), directory), options)
                .await();
    }

    /** Ends that, once the batches under way are answered. */
    void rest() {
        if (router != null) {
            vertx.undeploy(router).await();
            router = null;
        }
    }

    /** How many partitions it owns. */
    int owned() {
        return claims.held().size();
    }

    /** Events put into outboxes since the start. */
    long identified() {
        return identity.identified();
    }

    /** Links that ledgers have decided about since the start. */
    long decisions() {
        return (long) registry.find("segmentdo.identity.links").counters().stream()
                .mapToDouble(Counter::count)
                .sum();
    }
}
