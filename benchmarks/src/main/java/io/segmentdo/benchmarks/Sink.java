package io.segmentdo.benchmarks;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.atomic.LongAdder;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.SynchronizedHistogram;

/**
 * A webhook that counts the events of a run. Their messageIds end in a number; where that is the time of sending, it
 * knows how long they took.
 */
final class Sink implements AutoCloseable {
    private final HttpServer server;
    private final byte[] marker;
    private final LongAdder events = new LongAdder();
    private final Histogram latencyMicros = new SynchronizedHistogram(600_000_000L, 3);
    private volatile boolean timing;

    private Sink(Vertx vertx, String run) {
        marker = ("\"messageId\":\"" + run + "-").getBytes(StandardCharsets.UTF_8);
        server = vertx.createHttpServer().requestHandler(this::receive);
    }

    /** Listens on a free port of the loopback interface. */
    static Sink open(Vertx vertx, String run) {
        Sink sink = new Sink(vertx, run);
        sink.server
                .listen(0, "127.0.0.1")
                .toCompletionStage()
                .toCompletableFuture()
                .join();
        return sink;
    }

    int port() {
        return server.actualPort();
    }

    long events() {
        return events.sum();
    }

    /** From now on records how long the events took since the nanosecond in their messageId. */
    void time() {
        timing = true;
    }

    Histogram latencyMicros() {
        return latencyMicros.copy();
    }

    /** Waits until so many events have arrived; false when the time is over first. */
    boolean awaitEvents(long count, Duration atMost) throws InterruptedException {
        long deadline = System.nanoTime() + atMost.toNanos();
        while (events.sum() < count && System.nanoTime() < deadline) {
            Thread.sleep(2);
        }
        return events.sum() >= count;
    }

    private void receive(HttpServerRequest request) {
        request.body().onSuccess(body -> {
            count(body);
            request.response().end();
        });
    }

    private void count(Buffer body) {
        byte[] bytes = body.getBytes();
        long now = System.nanoTime();
        for (int at = 0; at + marker.length + 16 <= bytes.length; at++) {
            if (bytes[at] == '"' && matches(bytes, at)) {
                events.increment();
                if (timing) {
                    latencyMicros.recordValue((now - number(bytes, at + marker.length)) / 1000);
                }
            }
        }
    }

    private boolean matches(byte[] bytes, int offset) {
        for (int i = 0; i < marker.length; i++) {
            if (bytes[offset + i] != marker[i]) {
                return false;
            }
        }
        return true;
    }

    private static long number(byte[] bytes, int offset) {
        long value = 0;
        for (int i = offset; i < bytes.length && bytes[i] >= '0' && bytes[i] <= '9'; i++) {
            value = value * 10 + bytes[i] - '0';
        }
        return value;
    }

    @Override
    public void close() {
        server.close().toCompletionStage().toCompletableFuture().join();
    }
}
