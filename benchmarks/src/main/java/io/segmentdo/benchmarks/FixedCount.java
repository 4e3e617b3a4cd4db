package io.segmentdo.benchmarks;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** Sends a given number of requests over a few connections; one that is refused is sent again after a pause. */
final class FixedCount {
    private static final long PAUSE_MILLIS = 100;
    private final Vertx vertx;
    private final int port;
    private final int connections;
    private final Requests requests;
    private final AtomicInteger left = new AtomicInteger();

    FixedCount(Vertx vertx, int port, int connections, Requests requests) {
        this.vertx = vertx;
        this.port = port;
        this.connections = connections;
        this.requests = requests;
    }

    /** Sends so many and returns when all were accepted; blocks. */
    void send(int count) {
        left.set(count);
        NetClient client = vertx.createNetClient();
        List<Future<Void>> ends = new ArrayList<>();
        for (int i = 0; i < connections; i++) {
            ends.add(client.connect(port, "127.0.0.1").compose(this::run));
        }
        Future.join(ends).toCompletionStage().toCompletableFuture().join();
        client.close();
    }

    private Future<Void> run(NetSocket socket) {
        Promise<Void> end = Promise.promise();
        Buffer[] current = {Buffer.buffer()};
        Buffer[] answer = {Buffer.buffer()};
        Runnable next = () -> {
            if (left.getAndDecrement() > 0) {
                current[0] = requests.next();
                socket.write(current[0]);
            } else {
                socket.close();
            }
        };
        socket.closeHandler(ignored -> end.tryComplete());
        socket.exceptionHandler(end::tryFail);
        socket.handler(data -> {
            answer[0].appendBuffer(data);
            if (HttpAnswer.completeLength(answer[0]) >= 0) {
                boolean ok = HttpAnswer.isOk(answer[0]);
                answer[0] = Buffer.buffer();
                if (ok) {
                    next.run();
                } else {
                    vertx.setTimer(PAUSE_MILLIS, ignored -> socket.write(current[0]));
                }
            }
        });
        next.run();
        return end.future();
    }
}
