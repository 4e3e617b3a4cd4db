package io.segmentdo.app;

import io.segmentdo.collect.Collector;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Route;
import io.vertx.ext.web.Router;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Serves HTTP on one event loop; there is one per loop, and they share the port.
 *
 * <p>Requests of the tracking API go straight to the collector, all others through the router of the control plane.
 */
final class HttpVerticle extends VerticleBase {
    private final HttpServerOptions options;
    private final Collector collector;
    private final Router api;
    private final Duration grace;
    private @Nullable HttpServer server;

    /** @param grace how long a request that is under way may take when the node stops */
    HttpVerticle(HttpServerOptions options, Collector collector, Router api, Duration grace) {
        this.options = options;
        this.collector = collector;
        this.api = api;
        this.grace = grace;
    }

    @Override
    public Future<?> start() {
        HttpServer starting = vertx.createHttpServer(options).requestHandler(this::dispatch);
        server = starting;
        return starting.listen();
    }

    /** Takes no more connections and requests, and waits a moment for the answers to those that are under way. */
    @Override
    public Future<?> stop() {
        HttpServer ending = server;
        return ending == null ? Future.succeededFuture() : ending.shutdown(grace.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void dispatch(HttpServerRequest request) {
        String path = request.path();
        if (path != null && Collector.serves(path)) {
            collector.handle(request);
        } else {
            api.handle(request);
        }
    }

    /** All that is served but the tracking API. */
    List<Route> routes() {
        return api.getRoutes();
    }

    /** The port that is listened on, also when a free one was asked for. */
    int port() {
        return server == null ? 0 : server.actualPort();
    }
}
