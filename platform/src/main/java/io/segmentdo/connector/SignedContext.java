package io.segmentdo.connector;

import io.segmentdo.api.ConnectorState;
import io.segmentdo.api.DestinationContext;
import io.segmentdo.api.HttpRequest;
import io.segmentdo.api.HttpResponse;
import io.segmentdo.api.HttpSender;
import io.segmentdo.api.Json;
import java.io.IOException;
import java.time.InstantSource;
import org.slf4j.Logger;

/** A context whose requests carry the credentials of a connector. Confined to its thread. */
record SignedContext(DestinationContext lent, Protocol protocol) implements DestinationContext {
    private static final int UNAUTHORIZED = 401;

    @Override
    public HttpSender http() {
        return this::send;
    }

    private HttpResponse send(HttpRequest request) throws IOException, InterruptedException {
        HttpResponse response = signed(request);
        if (response.status() == UNAUTHORIZED) {
            return protocol.credentials().refused() ? signed(request) : response;
        }
        protocol.credentials().accepted();
        return response;
    }

    private HttpResponse signed(HttpRequest request) throws IOException, InterruptedException {
        try {
            return protocol.read(lent.http().send(protocol.credentials().sign(request)));
        } catch (UnauthorizedException refused) {
            throw new IOException(refused.reason(), refused);
        }
    }

    @Override
    public String destination() {
        return lent.destination();
    }

    @Override
    public InstantSource clock() {
        return lent.clock();
    }

    @Override
    public Logger logger() {
        return lent.logger();
    }

    @Override
    public Json json() {
        return lent.json();
    }

    @Override
    public ConnectorState state() {
        return lent.state();
    }
}
