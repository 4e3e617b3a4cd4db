package io.segmentdo.delivery;

import io.segmentdo.api.ConnectorState;
import io.segmentdo.api.DestinationContext;
import io.segmentdo.api.HttpRequest;
import io.segmentdo.api.HttpResponse;
import io.segmentdo.api.HttpSender;
import io.segmentdo.api.Json;
import java.io.IOException;
import java.time.InstantSource;
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
        return this::send;
    }

    /** Within the limits of the destination; to wait for them is no fault of the plugin. */
    private HttpResponse send(HttpRequest request) throws IOException, InterruptedException {
        long wait = pace.take(System.nanoTime());
        calls.pardon(wait);
        TimeUnit.NANOSECONDS.sleep(wait);
        HttpResponse response = sendNow(request);
        if (response.status() == TOO_MANY && response.header("Retry-After").isEmpty()) {
            pace.slowDown(System.nanoTime());
        }
        return response;
    }

    private HttpResponse sendNow(HttpRequest request) throws IOException, InterruptedException {
        BlockingQueue<Transport.Result> mailbox = new ArrayBlockingQueue<>(1);
        transport.sendDirectly(request, mailbox::add);
        return switch (mailbox.take()) { // the transport answers always, by its timeout at the latest
            case Transport.Result.Answered answer -> answer.response();
            case Transport.Result.Failed failure -> throw new IOException(failure.reason());
            case Transport.Result.Refused refused -> throw new IOException("the request was not sent");
        };
    }
}
