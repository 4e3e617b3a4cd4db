package io.segmentdo.api;

import java.io.IOException;

/** The platform's HTTP client for connectors that need answers while they work. Used on the connector's own thread. */
public interface HttpSender {
    /**
     * Sends a request and waits for the response, whatever its status.
     *
     * @throws IOException when no response came in time
     * @throws InterruptedException when the platform ends the call
     */
    HttpResponse send(HttpRequest request) throws IOException, InterruptedException;
}
