package io.segmentdo.api;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The platform's HTTP client for connectors that need answers while they work. Used on the connector's own thread. */
public interface HttpSender {
    /**
     * Sends a request and waits for the response, whatever its status.
     *
     * @throws IOException when no response came in time
     * @throws InterruptedException when the platform ends the call
     */
    HttpResponse send(HttpRequest request) throws IOException, InterruptedException;

    /**
     * Sends requests that do not need each other's answers, all at once where the destination's limits allow it, and waits
     * for their responses; by default one after another.
     *
     * @return for each request in order its response, or nothing where none came in time
     * @throws InterruptedException when the platform ends the call
     */
    default List<Optional<HttpResponse>> sendAll(List<HttpRequest> requests) throws InterruptedException {
        List<Optional<HttpResponse>> responses = new ArrayList<>();
        for (HttpRequest request : requests) {
            try {
                responses.add(Optional.of(send(request)));
            } catch (IOException noResponse) {
                responses.add(Optional.empty());
            }
        }
        return responses;
    }
}
