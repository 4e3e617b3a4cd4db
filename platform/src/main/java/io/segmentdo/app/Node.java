package io.segmentdo.app;

import io.segmentdo.config.ConfigLoader;
import io.segmentdo.config.Loaded;
import io.segmentdo.control.ApiGuard;
import io.segmentdo.control.ControlApi;
import io.segmentdo.control.DestinationRules;
import io.segmentdo.control.Health;
import io.segmentdo.control.OwnerToken;
import io.segmentdo.control.Workspace;
import io.segmentdo.control.Workspaces;
import io.segmentdo.problem.PlatformException;
import io.segmentdo.problem.Problem;
import io.segmentdo.source.Sources;
import io.segmentdo.telemetry.Discards;
import io.segmentdo.telemetry.Metrics;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.http.HttpServer;
import io.vertx.ext.web.Router;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * One running node: every part, started in the order of an event's way and stopped in reverse.
 *
 * <p>{@link #start} and {@link #close} block and are called from ordinary threads.
 */
public final class Node implements AutoCloseable {
    private final Vertx vertx;
    private final Metrics metrics;
    private final Workspaces workspaces;
    private final HttpServer server;
    private final OwnerToken owner;
    private final AppConfig config;

    private Node(
            Vertx vertx,
            Metrics metrics,
            Workspaces workspaces,
            HttpServer server,
            OwnerToken owner,
            AppConfig config) {
        this.vertx = vertx;
        this.metrics = metrics;
        this.workspaces = workspaces;
        this.server = server;
        this.owner = owner;
        this.config = config;
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
        PlatformConfig config = loaded.value();
        Clock clock = Clock.systemUTC();
        OwnerToken owner = OwnerToken.open(config.app().dataDirectory());
        Metrics metrics = new Metrics(config.telemetry());
        Vertx vertx = metrics.observe(Vertx.builder(), new VertxOptions().setPreferNativeTransport(true))
                .build();
        Sources sources = new Sources();
        Workspaces workspaces = new Workspaces(
                configDirectory.resolve("workspaces"),
                () -> new ConfigLoader(System.getenv(), configDirectory),
                DestinationRules.NONE,
                config.control(),
                builtIn,
                current -> sources.replaceAll(current.stream()
                        .flatMap(workspace -> workspace.sources().stream())
                        .toList()));
        workspaces.start();
        Router router = Router.router(vertx);
        new ControlApi(
                        workspaces,
                        new Discards(metrics.registry(), config.telemetry().discards(), clock),
                        loaded.masked(),
                        new Health(),
                        metrics,
                        new ApiGuard(owner, config.control(), clock),
                        config.control())
                .mount(router);
        HttpServer server = await(
                vertx.createHttpServer()
                        .requestHandler(router)
                        .listen(config.http().port(), config.http().host()),
                config.app());
        return new Node(vertx, metrics, workspaces, server, owner, config.app());
    }

    /** The port that is listened on. */
    public int port() {
        return server.actualPort();
    }

    /** The token of the guarded API. */
    public OwnerToken owner() {
        return owner;
    }

    /** Stops taking requests, lets the parts finish what is under way, and ends them, in bounded time. */
    @Override
    public void close() {
        workspaces.close();
        await(vertx.close(), config);
        metrics.close();
    }

    private static <T> T await(Future<T> future, AppConfig config) {
        try {
            return future.toCompletionStage()
                    .toCompletableFuture()
                    .get(config.shutdownTimeout().toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw new PlatformException(Problem.INTERNAL, String.valueOf(e.getCause()), e.getCause());
        } catch (TimeoutException e) {
            throw new PlatformException(Problem.INTERNAL, "No answer within " + config.shutdownTimeout(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new PlatformException(Problem.INTERNAL, "Interrupted", e);
        }
    }
}
