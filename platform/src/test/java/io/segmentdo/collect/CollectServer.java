package io.segmentdo.collect;

import static java.util.concurrent.TimeUnit.SECONDS;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.segmentdo.source.Source;
import io.segmentdo.source.SourceKind;
import io.segmentdo.source.Sources;
import io.segmentdo.telemetry.Discards;
import io.segmentdo.telemetry.DiscardsConfig;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;

/** A collector behind a real socket, with a log in memory and a clock that stands still. */
final class CollectServer implements AutoCloseable {
    static final Instant NOW = Instant.parse("2026-11-23T10:00:00Z");

    final RecordingLog log = new RecordingLog();
    final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    final Discards discards = new Discards(meters, DiscardsConfig.DEFAULT, InstantSource.fixed(NOW));
    final AtomicReference<Future<Void>> commits = new AtomicReference<>(Future.succeededFuture());
    final Collector collector;
    final int port;
    private final Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(2));

    CollectServer(CollectConfig config) throws Exception {
        Sources sources = new Sources();
        sources.replaceAll(List.of(
                new Source("acme", "js", SourceKind.BROWSER, true, List.of("wk-js")),
                new Source("acme", "app", SourceKind.MOBILE, true, List.of("wk-app")),
                new Source("acme", "api", SourceKind.SERVER, true, List.of("wk-api")),
                new Source("acme", "off", SourceKind.SERVER, false, List.of("wk-off"))));
        collector = new Collector(
                config,
                sources,
                log,
                position -> commits.get(),
                source -> List.of("webhook"),
                new Ties(discards, meters, InstantSource.fixed(NOW)));
        CompletableFuture<Integer> listening = new CompletableFuture<>();
        Context context = vertx.getOrCreateContext();
        context.runOnContext(ignored -> vertx.createHttpServer(Collector.serverOptions(config))
                .requestHandler(collector)
                .listen(0, "127.0.0.1")
                .onSuccess(server -> listening.complete(server.actualPort()))
                .onFailure(listening::completeExceptionally));
        port = listening.get(60, SECONDS);
    }

    /** How often events of a source were discarded for a reason. */
    long discarded(String source, String reason) {
        return discards.counts().stream()
                .filter(count -> count.source().equals(source) && count.reason().equals(reason))
                .mapToLong(Discards.Count::events)
                .sum();
    }

    double requests(String outcome) {
        return meters.get("segmentdo.collect.requests")
                .tag("outcome", outcome)
                .counter()
                .count();
    }

    double inFlightBytes() {
        return meters.get("segmentdo.collect.in.flight").gauge().value();
    }

    Wire connect() throws IOException {
        return new Wire(port);
    }

    @Override
    public void close() {
        vertx.close()
                .toCompletionStage()
                .toCompletableFuture()
                .orTimeout(60, SECONDS)
                .join();
        log.close();
    }
}
