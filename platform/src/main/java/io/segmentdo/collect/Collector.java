package io.segmentdo.collect;

import io.segmentdo.event.EventParser;
import io.segmentdo.source.Source;
import io.segmentdo.source.Sources;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.http.Http2Settings;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import java.util.Objects;
import java.util.SortedSet;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The Segment tracking API on raw HTTP requests: calls, batches, pixels, SDK metrics and the settings of a source.
 *
 * <p>A 200 means that the events are durable in the {@link EventLog}, or committed when the request or the configuration
 * asks for it; what was not taken of them is counted in the discards. One collector serves all event loops of a node:
 * handlers run on the event loop of their request and never block it. Its server is made with {@link #serverOptions}.
 */
public final class Collector implements Handler<HttpServerRequest> {
    private final Desk desk;
    private final SettingsDocument settings;
    private final CloudDestinations destinations;

    @SuppressWarnings("ThreadLocalUsage") // a loop's state belongs to one collector
    private final ThreadLocal<@Nullable Loop> loops = new ThreadLocal<>();

    /**
     * Puts a collector together; it has nothing to close.
     *
     * @param sources found by write key, looked up for each request
     * @param log where events become durable
     * @param commits tells when they are committed, for {@code ack: committed}
     * @param destinations what the platform serves for a source
     * @param ties the node around it
     */
    public Collector(
            CollectConfig config,
            Sources sources,
            EventLog log,
            Commits commits,
            CloudDestinations destinations,
            Ties ties) {
        this.desk = new Desk(config, sources, log, commits, ties);
        this.settings = new SettingsDocument(config.publicUrl(), desk.proxies());
        this.destinations = destinations;
    }

    /** Whether a path belongs to the tracking API; everything else is for other handlers. */
    public static boolean serves(String path) {
        return Route.find(path) != null;
    }

    /** The paths of the tracking API, but those of settings, which have a write key in them. */
    public static SortedSet<String> paths() {
        return Route.paths();
    }

    /**
     * The options of an HTTP server that suits the collector: HTTP/1.1 and h2c, 100-continue, bounded headers, silent
     * connections closed. Decompression stays off, since the collector does it with its own limits.
     */
    public static HttpServerOptions serverOptions(CollectConfig config) {
        return new HttpServerOptions()
                .setHttp2ClearTextEnabled(true)
                .setUseAlpn(true)
                .setHandle100ContinueAutomatically(true)
                .setDecompressionSupported(false)
                .setTcpNoDelay(true)
                .setAcceptBacklog(1_024)
                .setIdleTimeout((int) config.idleTimeout().toMillis())
                .setIdleTimeoutUnit(TimeUnit.MILLISECONDS)
                .setMaxInitialLineLength((int) config.requestLineBytes().bytes())
                .setMaxHeaderSize((int) config.headerBytes().bytes())
                .setInitialSettings(new Http2Settings()
                        .setMaxConcurrentStreams(256)
                        .setMaxHeaderListSize(config.headerBytes().bytes()));
    }

    /** All events that were answered with success since the start, those discarded with a reason among them. */
    public long acceptedEvents() {
        return desk.acceptedEvents();
    }

    @Override
    public void handle(HttpServerRequest request) {
        try {
            dispatch(request);
        } catch (RuntimeException e) {
            desk.refuse(request, desk.bug(e));
        }
    }

    private void dispatch(HttpServerRequest request) {
        String path = request.path();
        Route route = path == null ? null : Route.find(path);
        if (route == null) {
            desk.refuse(request, Refusal.NOT_FOUND);
            return;
        }
        HttpMethod allowed = switch (route.kind()) {
            case CALL, BATCH, METRICS -> HttpMethod.POST;
            case PIXEL, SETTINGS -> HttpMethod.GET;
        };
        if (request.method().equals(HttpMethod.OPTIONS)) {
            desk.answers().preflight(request);
        } else if (request.method().equals(allowed)) {
            serve(request, route);
        } else {
            desk.answers().methodNotAllowed(request, allowed);
        }
    }

    private void serve(HttpServerRequest request, Route route) {
        switch (route.kind()) {
            case CALL, BATCH -> new Exchange(desk, loop(), request, route.type()).open();
            case PIXEL -> new Pixel(desk, loop(), request).open(Objects.requireNonNull(route.type()));
            case METRICS -> desk.answers().success(request, Answers.SUCCESS);
            case SETTINGS -> settings(request, route.writeKey());
        }
    }

    private void settings(HttpServerRequest request, String writeKey) {
        Source source =
                WriteKeys.isWellFormed(writeKey) ? desk.sources().find(writeKey).orElse(null) : null;
        if (source == null) {
            desk.refuse(request, Refusal.NOT_FOUND);
        } else {
            long maxAge = desk.config().settingsMaxAge().toSeconds();
            desk.answers().settings(request, settings.of(writeKey, request, destinations.of(source)), maxAge);
        }
    }

    private Loop loop() {
        Loop known = loops.get();
        if (known != null) {
            return known;
        }
        CollectConfig config = desk.config();
        Loop loop = new Loop(
                Objects.requireNonNull(Vertx.currentContext(), "not on an event loop"),
                config.bodyTimeout().toNanos(),
                new EventParser(config.limits(), () -> UUID.randomUUID().toString()));
        loops.set(loop);
        return loop;
    }
}
