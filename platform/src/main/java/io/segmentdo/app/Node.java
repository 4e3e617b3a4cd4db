package io.segmentdo.app;

import io.micrometer.core.instrument.MeterRegistry;
import io.segmentdo.cluster.Claims;
import io.segmentdo.cluster.Cluster;
import io.segmentdo.cluster.ClusterApi;
import io.segmentdo.collect.Collector;
import io.segmentdo.collect.Ties;
import io.segmentdo.config.ConfigLoader;
import io.segmentdo.config.Loaded;
import io.segmentdo.connector.DeclaredDestination;
import io.segmentdo.control.ApiGuard;
import io.segmentdo.control.ControlApi;
import io.segmentdo.control.DiscardsApi;
import io.segmentdo.control.Health;
import io.segmentdo.control.OwnerToken;
import io.segmentdo.control.Workspace;
import io.segmentdo.control.Workspaces;
import io.segmentdo.delivery.Deliveries;
import io.segmentdo.delivery.DeliveryApi;
import io.segmentdo.delivery.DestinationsApi;
import io.segmentdo.identity.Colleagues;
import io.segmentdo.identity.Directory;
import io.segmentdo.identity.IdentityLane;
import io.segmentdo.identity.IdentityMeters;
import io.segmentdo.identity.IdentityRules;
import io.segmentdo.identity.Lanes;
import io.segmentdo.identity.LocalDirectory;
import io.segmentdo.identity.OutboxLog;
import io.segmentdo.identity.Owners;
import io.segmentdo.identity.Seal;
import io.segmentdo.plugin.Plugins;
import io.segmentdo.plugin.PluginsConfig;
import io.segmentdo.problem.PlatformException;
import io.segmentdo.profile.IdentityApi;
import io.segmentdo.profile.PastEvents;
import io.segmentdo.profile.ProfileApi;
import io.segmentdo.profile.Profiles;
import io.segmentdo.route.Router;
import io.segmentdo.source.Sources;
import io.segmentdo.spool.Spool;
import io.segmentdo.store.Outbox;
import io.segmentdo.store.PartitionStore;
import io.segmentdo.store.postgres.PostgresPartitionStore;
import io.segmentdo.store.rocks.RocksPartitionStore;
import io.segmentdo.telemetry.Discards;
import io.segmentdo.telemetry.Ledger;
import io.segmentdo.telemetry.Metrics;
import io.segmentdo.warehouse.Warehouse;
import io.segmentdo.warehouse.erasure.ErasureApi;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.ThreadingModel;
import io.vertx.core.Vertx;
import io.vertx.core.VertxBuilder;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.ext.web.Route;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * One running node: every part, started against the way of an event, so that each finds the next one ready, and stopped
 * along it, so that each hands on what it has.
 *
 * <p>{@link #start} and {@link #close} block and are called from ordinary threads.
 */
public final class Node implements AutoCloseable {
    /** Makes all servers of a Vert.x instance share one free port. */
    private static final int ANY_SHARED_PORT = -1;

    private final Parts parts;
    private final Metrics metrics;
    private final OwnerToken owner;
    private final List<HttpVerticle> servers;

    private Node(Parts parts, Metrics metrics, OwnerToken owner, List<HttpVerticle> servers) {
        this.parts = parts;
        this.metrics = metrics;
        this.owner = owner;
        this.servers = List.copyOf(servers);
    }

    /**
     * Starts a node and returns when it takes requests.
     *
     * @param loaded the configuration
     * @param configDirectory the directory that holds {@code workspaces/}
     * @param builtIn workspaces that need no file
     * @throws PlatformException if a part cannot start; those that had started are stopped
     */
    public static Node start(Loaded<PlatformConfig> loaded, Path configDirectory, List<Workspace> builtIn) {
        Parts parts = new Parts(loaded.value().app().shutdownTimeout());
        try {
            return new Starting(loaded, configDirectory, parts).start(builtIn);
        } catch (RuntimeException e) {
            parts.close();
            throw e;
        }
    }

    /** The port that is listened on. */
    public int port() {
        return servers.getFirst().port();
    }

    /** The meters of this node. */
    MeterRegistry meters() {
        return metrics.registry();
    }

    /** What this node serves but the tracking API. */
    List<Route> routes() {
        return servers.getFirst().routes();
    }

    /** The token of the guarded API. */
    public OwnerToken owner() {
        return owner;
    }

    /** Stops taking requests, lets the parts finish what is under way, and ends them, in bounded time. */
    @Override
    public void close() {
        parts.close();
    }

    /** The start, step by step; its fields are what more than one step needs. */
    private static final class Starting {
        private final Loaded<PlatformConfig> loaded;
        private final PlatformConfig config;
        private final Path data;
        private final Path configDirectory;
        private final Parts parts;
        private final Clock clock = Clock.systemUTC();
        private final OwnerToken owner;
        private final Metrics metrics;
        private final Vertx vertx;
        private final Discards discards;
        private final Health health = new Health();
        private final NodeHealth nodeHealth = new NodeHealth(health);
        private final Sources sources = new Sources();
        private final Optional<Cluster> cluster;
        private final LocalDirectory alone;
        private final Directory directory;
        private final Colleagues colleagues;

        /** By workspace; replaced with each change, read by the lanes. */
        private volatile Map<String, IdentityRules> identityRules = Map.of();

        Starting(Loaded<PlatformConfig> loaded, Path configDirectory, Parts parts) {
            this.loaded = loaded;
            this.config = loaded.value();
            this.data = config.app().dataDirectory();
            this.configDirectory = configDirectory;
            this.parts = parts;
            this.owner = OwnerToken.open(data);
            this.metrics = parts.add(new Metrics(config.telemetry()));
            this.discards = new Discards(metrics.registry(), config.telemetry().discards(), clock);
            VertxOptions options = new VertxOptions()
                    .setPreferNativeTransport(true)
                    // no file is served from the class path, so no directory is needed to unpack such files into
                    .setFileSystemOptions(new FileSystemOptions().setClassPathResolvingEnabled(false))
                    .setEventLoopPoolSize(config.http().effectiveEventLoops());
            int lanes = config.identity().effectiveLanes();
            this.cluster = config.cluster().enabled()
                    ? Optional.of(parts.add(
                            Cluster.join(config.cluster(), config.store().partitions(), lanes)))
                    : Optional.empty();
            this.alone = new LocalDirectory(lanes);
            this.directory = cluster.<Directory>map(joined -> joined).orElse(alone);
            this.vertx = startVertx(options);
            this.colleagues = cluster.map(joined -> joined.colleagues(vertx)).orElse(Colleagues.NONE);
            parts.add(() -> parts.await(vertx.close()));
        }

        private Vertx startVertx(VertxOptions options) {
            VertxBuilder builder = metrics.observe(Vertx.builder(), options);
            return cluster.isEmpty()
                    ? builder.build()
                    : parts.await(cluster.get().connect(builder, options).buildClustered());
        }

        Node start(List<Workspace> builtIn) {
            PartitionStore store = parts.add(openStore());
            Outbox outbox = new Outbox(store, config.outbox(), metrics.registry(), clock);
            Spool spool = parts.add(Spool.open(data.resolve("spool"), config.spool(), metrics.registry(), clock));
            Plugins plugins = parts.add(Plugins.open(
                    pluginFolders(), data.resolve("tmp/plugins"), DeclaredDestination::read, metrics.registry()));
            Deliveries deliveries = new Deliveries(
                    config.delivery().listeningOn(config.http().host()),
                    vertx,
                    store,
                    outbox,
                    plugins,
                    metrics.registry(),
                    clock,
                    data.resolve("connectors"));
            Optional<Warehouse> warehouse = warehouse(store, outbox);
            IdentityMeters identity = new IdentityMeters(
                    metrics.registry(), discards, config.identity().effectiveLanes());
            Claims claims = startLanes(store, outbox, identity);
            parts.add(deliveries); // stops before the partitions are given up, so that it can store what it has done
            warehouse.ifPresent(parts::add);
            claims.follow(new Ownership(deliveries, warehouse));
            InstalledDestinations installed = new InstalledDestinations(plugins);
            Workspaces workspaces = workspaces(builtIn, deliveries, installed);
            workspaces.start();
            claims.start();
            parts.add(new OutboxUpkeep(
                    outbox,
                    partition -> Math.min(
                            deliveries.lowest(partition),
                            warehouse.map(loading -> loading.lowest(partition)).orElse(Long.MAX_VALUE))));
            Router router = startRouter(spool, store.partitions());
            parts.add(workspaces); // stops before the router: no more changes while the rest drains
            Collector collector = new Collector(
                    config.collect(),
                    sources,
                    spool::append,
                    router::committed,
                    installed,
                    new Ties(discards, metrics.registry(), clock));
            parts.add(openAccount(collector, router, spool, identity));
            nodeHealth.watch(spool, claims, deliveries, plugins, warehouse);
            io.vertx.ext.web.Router api = api(workspaces, deliveries, claims);
            Optional<WarehouseReading> reading = warehouse.map(tables -> parts.add(new WarehouseReading(
                            config.warehouse(), tables, deliveries, data, metrics.registry(), clock))
                    .start());
            reading.ifPresent(mounted -> {
                mounted.mount(api, workspaces);
                new ErasureApi(parts.add(mounted.erasures(colleagues, spool::depthEvents))).mount(api);
            });
            mountProfiles(api, store.partitions(), reading.map(WarehouseReading::pastEvents));
            List<HttpVerticle> servers = startServers(collector, api);
            cluster.ifPresent(joined -> takePart(joined, servers.getFirst().port()));
            return new Node(parts, metrics, owner, servers);
        }

        /** Last of all: the partitions that others hand over would wait for the rest of the start. */
        private void takePart(Cluster joined, int port) {
            parts.await(FirstRequest.to(config.http().reachableHost(), port, vertx));
            joined.takePart();
        }

        private void mountProfiles(io.vertx.ext.web.Router api, int partitions, Optional<PastEvents> events) {
            Owners owners = new Owners(vertx, directory, partitions);
            Profiles profiles = new Profiles(owners, () -> identityRules, config.profile(), clock);
            new ProfileApi(profiles, events).mount(api);
            new IdentityApi(
                            profiles,
                            yaml -> new ConfigLoader(Map.of(), configDirectory)
                                    .readText(IdentityRules.class, yaml, "rules", "identity")
                                    .value())
                    .mount(api);
        }

        /** Alone, a node accounts for events until they are identified; in a cluster until some member has committed them. */
        private AutoCloseable openAccount(Collector collector, Router router, Spool spool, IdentityMeters identity) {
            Ledger ledger = new Ledger(metrics.registry());
            return cluster.isEmpty()
                    ? ledger.open(
                            "intake",
                            collector::acceptedEvents,
                            discards::total,
                            identity::identified,
                            () -> spool.depthEvents() + identity.waiting())
                    : ledger.open(
                            "intake",
                            collector::acceptedEvents,
                            () -> discards.total() - identity.discarded(),
                            router::committedEvents,
                            spool::depthEvents);
        }

        private PartitionStore openStore() {
            return switch (config.store().engine()) {
                case EMBEDDED -> RocksPartitionStore.open(data.resolve("store"), config.store(), metrics.registry());
                case POSTGRES -> {
                    PostgresPartitionStore store =
                            PostgresPartitionStore.open(vertx, config.store(), metrics.registry());
                    nodeHealth.watch(store);
                    yield store;
                }
            };
        }

        /** The plugins that came with the program, and those of the configured folders. */
        private PluginsConfig pluginFolders() {
            List<String> folders = new ArrayList<>(config.plugins().folders());
            folders.addFirst(Path.of(System.getProperty("segmentdo.home", "."), "plugins")
                    .toString());
            return config.plugins().in(folders);
        }

        private Optional<Warehouse> warehouse(PartitionStore store, Outbox outbox) {
            return config.warehouse().enabled()
                    ? Optional.of(new Warehouse(
                            config.warehouse(),
                            data.resolve("warehouse"),
                            store,
                            outbox,
                            colleagues,
                            metrics.registry(),
                            clock))
                    : Optional.empty();
        }

        private Workspaces workspaces(List<Workspace> builtIn, Deliveries deliveries, InstalledDestinations installed) {
            return new Workspaces(
                    configDirectory.resolve("workspaces"),
                    () -> new ConfigLoader(System.getenv(), configDirectory),
                    installed,
                    config.control(),
                    builtIn,
                    current -> {
                        installed.inForce(current);
                        identityRules = current.stream()
                                .collect(Collectors.toUnmodifiableMap(Workspace::id, Workspace::identity));
                        deliveries.replaceAll(current.stream()
                                .flatMap(workspace -> workspace.destinations().stream())
                                .toList());
                        sources.replaceAll(current.stream()
                                .flatMap(workspace -> workspace.sources().stream())
                                .toList());
                    });
        }

        /** Starts the lanes, and what will give them their partitions. */
        private Claims startLanes(PartitionStore store, Outbox outbox, IdentityMeters meters) {
            Lanes.registerCodecs(vertx.eventBus(), cluster.map(Cluster::seal).orElse(Seal.NONE));
            OutboxLog log = new OutboxLog(outbox);
            Lanes lanes = new Lanes(
                    vertx,
                    cluster.map(Cluster::places).orElse(alone.places()),
                    directory,
                    transport -> new IdentityLane(store, log, config.identity(), this::rulesOf, transport),
                    meters);
            parts.await(lanes.start());
            parts.add(() -> parts.await(lanes.stop()));
            if (cluster.isEmpty()) {
                Claims claims = parts.add(Claims.alone(store, lanes, metrics.registry()));
                claims.onChange(alone::changed);
                return claims;
            }
            store.rehearse();
            parts.await(lanes.rehearse(store.partitions()));
            Claims claims = parts.add(Claims.in(cluster.get(), vertx, store, lanes, metrics.registry()));
            parts.add(() -> cluster.get().withdraw(config.app().shutdownTimeout()));
            return claims;
        }

        private IdentityRules rulesOf(String workspace) {
            return identityRules.getOrDefault(workspace, IdentityRules.DEFAULT);
        }

        private Router startRouter(Spool spool, int partitions) {
            Router router = new Router(spool, config.route(), partitions, directory);
            deploy(router, "router");
            return router;
        }

        /** On a thread of its own, because it blocks on its spool. */
        private void deploy(io.vertx.core.Deployable verticle, String thread) {
            DeploymentOptions options = new DeploymentOptions()
                    .setThreadingModel(ThreadingModel.WORKER)
                    .setWorkerPoolName(thread)
                    .setWorkerPoolSize(1);
            String id = parts.await(vertx.deployVerticle(verticle, options));
            parts.add(() -> parts.await(vertx.undeploy(id)));
        }

        private io.vertx.ext.web.Router api(Workspaces workspaces, Deliveries deliveries, Claims claims) {
            io.vertx.ext.web.Router api = io.vertx.ext.web.Router.router(vertx);
            new ControlApi(
                            workspaces,
                            loaded.masked(),
                            health,
                            metrics,
                            new ApiGuard(owner, config.control(), clock),
                            config.control())
                    .mount(api);
            new DiscardsApi(discards, colleagues).mount(api);
            new DeliveryApi(deliveries.deadLetters(colleagues)).mount(api);
            new DestinationsApi(deliveries, colleagues).mount(api);
            new ClusterApi(cluster, claims).mount(api);
            return api;
        }

        private List<HttpVerticle> startServers(Collector collector, io.vertx.ext.web.Router api) {
            HttpServerOptions options = Collector.serverOptions(config.collect())
                    .setHost(config.http().host())
                    .setPort(config.http().port());
            if (config.http().port() == 0) {
                options.setPort(ANY_SHARED_PORT);
            }
            Duration grace = config.app().shutdownTimeout().dividedBy(4);
            List<HttpVerticle> servers = new ArrayList<>();
            List<String> ids = new ArrayList<>();
            parts.add(() ->
                    parts.await(Future.join(ids.stream().map(vertx::undeploy).toList())));
            for (int i = 0; i < config.http().effectiveEventLoops(); i++) {
                HttpVerticle server = new HttpVerticle(options, collector, api, grace);
                ids.add(parts.await(vertx.deployVerticle(server)));
                servers.add(server);
            }
            return servers;
        }
    }
}
