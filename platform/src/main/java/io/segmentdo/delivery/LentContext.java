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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a lane lends to its connector. Safe for concurrent use. */
record LentContext(String destination, InstantSource clock, Transport transport, ConnectorState state)
        implements DestinationContext {
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

    private HttpResponse send(HttpRequest request) throws IOException, InterruptedException {
        BlockingQueue<Transport.Result> mailbox = new ArrayBlockingQueue<>(1);
        transport.sendDirectly(request, mailbox::add);
        return switch (mailbox.take()) { // the transport answers always, by its timeout at the latest
            case Transport.Result.Answered answer -> answer.response();
            case Transport.Result.Failed failure -> throw new IOException(failure.reason());
            case Transport.Result.Refused refused -> throw new IOException("the request was not sent");
        };
    }
}
