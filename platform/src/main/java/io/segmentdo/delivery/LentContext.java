package io.segmentdo.delivery;

import io.segmentdo.api.ConnectorState;
import io.segmentdo.api.DestinationContext;
import io.segmentdo.api.HttpRequest;
import io.segmentdo.api.HttpResponse;
import io.segmentdo.api.HttpSender;
import io.segmentdo.api.Json;
import java.io.IOException;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a lane lends to its connector. Safe for concurrent use. */
record LentContext(
        String destination,
        InstantSource clock,
        Transport transport,
        ConnectorState state,
        Pace pace,
        PluginCalls calls)
        implements DestinationContext {
    private static final int TOO_MANY = 429;

    @Override
    public Logger logger() {
        return LoggerFactory.getLogger("io.segmentdo.plugin." + destination);
    }

    @Override
    public Json json() {
        return PlatformJson.INSTANCE;
    }

    @Override
    public HttpSender http() {
        return new HttpSender() {
            @Override
            public HttpResponse send(HttpRequest request) throws IOException, InterruptedException {
                return switch (exchange(List.of(request)).getFirst()) {
                    case Transport.Result.Answered answer -> answer.response();
                    case Transport.Result.Failed failure -> throw new IOException(failure.reason());
                    case Transport.Result.Refused refused -> throw new IOException("the request was not sent");
                    case Transport.Result.Withheld withheld -> throw new IOException("the request was not sent");
                };
            }

            @Override
            public List<Optional<HttpResponse>> sendAll(List<HttpRequest> requests) throws InterruptedException {
                return exchange(requests).stream()
                        .map(result -> result instanceof Transport.Result.Answered answer
                                ? Optional.<HttpResponse>of(answer.response())
                                : Optional.<HttpResponse>empty())
                        .toList();
            }
        };
    }

    private record Arrival(int index, Transport.Result result) {}

    /** Within the limits of the destination; to wait for them is no fault of the plugin. */
    private List<Transport.Result> exchange(List<HttpRequest> requests) throws InterruptedException {
        BlockingQueue<Arrival> arrivals = new ArrayBlockingQueue<>(Math.max(1, requests.size()));
        Transport.Result[] results = new Transport.Result[requests.size()];
        int sent = 0;
        for (int arrived = 0; arrived < results.length; arrived++) {
            while (sent < results.length && sent - arrived < pace.concurrency()) {
                int index = sent++;
                awaitTurn();
                transport.sendDirectly(requests.get(index), result -> arrivals.add(new Arrival(index, result)));
            }
            Arrival arrival = arrivals.take(); // the transport answers always, by its timeout at the latest
            results[arrival.index()] = arrival.result();
            if (arrival.result() instanceof Transport.Result.Answered answer
                    && answer.response().status() == TOO_MANY
                    && answer.response().header("Retry-After").isEmpty()) {
                pace.slowDown(System.nanoTime());
            }
        }
        return List.of(results);
    }

    private void awaitTurn() throws InterruptedException {
        long wait = pace.take(System.nanoTime());
        calls.pardon(wait);
        TimeUnit.NANOSECONDS.sleep(wait);
    }
}
