package io.segmentdo.benchmarks;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetClientOptions;
import io.vertx.core.net.NetSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.SynchronizedHistogram;

/**
 * Sends requests over so many connections, each the next when the last was answered, and counts what comes back.
 *
 * <p>Works on bare sockets, because an HTTP client would cost more than the server that it measures.
 */
final class ClosedLoop {
    /**
     * What a run showed.
     *
     * @param requests answered 200 after the warm-up
     * @param refusals answered otherwise after the warm-up
     * @param elapsed the time that both were counted in
     * @param latencyMicros of the requests counted
     */
    record Result(long requests, long refusals, Duration elapsed, Histogram latencyMicros) {
        double perSecond() {
            return requests / (elapsed.toNanos() / 1e9);
        }

        double millis(double percentile) {
            return latencyMicros.getValueAtPercentile(percentile) / 1000.0;
        }
    }

    private final Vertx vertx;
    private final int port;
    private final int connections;
    private final Supplier<Buffer> requests;
    private final LongAdder answered = new LongAdder();
    private final LongAdder refused = new LongAdder();
    private final Histogram latencyMicros = new SynchronizedHistogram(60_000_000L, 3);
    private volatile boolean counting;
    private volatile boolean ending;

    ClosedLoop(Vertx vertx, int port, int connections, Supplier<Buffer> requests) {
        this.vertx = vertx;
        this.port = port;
        this.connections = connections;
        this.requests = requests;
    }

    /** Runs for the warm-up and then for the counted time; blocks. */
    Result run(Duration warmup, Duration counted) throws InterruptedException {
        NetClient client = vertx.createNetClient(new NetClientOptions().setTcpNoDelay(true));
        List<Future<Void>> ends = new ArrayList<>();
        for (int i = 0; i < connections; i++) {
            ends.add(client.connect(port, "127.0.0.1").compose(socket -> new Connection(socket).run()));
        }
        Thread.sleep(warmup);
        counting = true;
        long start = System.nanoTime();
        Thread.sleep(counted);
        counting = false;
        Duration elapsed = Duration.ofNanos(System.nanoTime() - start);
        ending = true;
        Future.join(ends).toCompletionStage().toCompletableFuture().join();
        client.close();
        return new Result(answered.sum(), refused.sum(), elapsed, latencyMicros.copy());
    }

    /** One connection; its handlers run on one event loop. */
    private final class Connection {
        private final NetSocket socket;
        private final Promise<Void> end = Promise.promise();
        private Buffer pending = Buffer.buffer();
        private long sentAt;

        Connection(NetSocket socket) {
            this.socket = socket;
        }

        Future<Void> run() {
            socket.handler(this::receive);
            socket.closeHandler(ignored -> end.tryComplete());
            socket.exceptionHandler(end::tryFail);
            send();
            return end.future();
        }

        private void send() {
            if (ending) {
                socket.close();
                return;
            }
            Buffer request = requests.get();
            sentAt = System.nanoTime();
            socket.write(request);
        }

        private void receive(Buffer data) {
            Buffer all = pending.length() == 0 ? data : pending.appendBuffer(data);
            int length = HttpAnswer.completeLength(all);
            if (length < 0) {
                pending = all;
                return;
            }
            pending = Buffer.buffer();
            if (counting) {
                if (HttpAnswer.isOk(all)) {
                    answered.increment();
                    latencyMicros.recordValue((System.nanoTime() - sentAt) / 1000);
                } else {
                    refused.increment();
                }
            }
            send();
        }
    }
}
