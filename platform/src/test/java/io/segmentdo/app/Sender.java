package io.segmentdo.app;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Set;

/**
 * One user's device: sends numbered events one after another and repeats each, with its messageId, until it is answered
 * 200, as an SDK does. So the events of one sender are accepted in the order of their numbers.
 */
final class Sender implements Runnable {
    private static final HttpClient CLIENT =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private final String name;
    private final URI uri;
    private final String writeKey;
    private final Set<String> acknowledged;
    private final Duration rest;
    private volatile boolean ending;

    Sender(String name, int port, String writeKey, Set<String> acknowledged) {
        this(name, URI.create("http://127.0.0.1:" + port + "/v1/track"), writeKey, acknowledged, Duration.ZERO);
    }

    /** One that rests after each event. */
    Sender(String name, URI uri, String writeKey, Set<String> acknowledged, Duration rest) {
        this.rest = rest;
        this.name = name;
        this.uri = uri;
        this.writeKey = writeKey;
        this.acknowledged = acknowledged;
    }

    /** Lets the sender end once its last event is acknowledged. */
    void end() {
        ending = true;
    }

    @Override
    public void run() {
        try {
            for (int number = 1; !ending; number++) {
                String messageId = name + "-" + number;
                sendUntilAnswered(messageId, number);
                acknowledged.add(messageId);
                Thread.sleep(rest);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void sendUntilAnswered(String messageId, int number) throws InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(uri)
                .timeout(Duration.ofSeconds(10))
                .POST(HttpRequest.BodyPublishers.ofString("""
                        {"writeKey":"%s","messageId":"%s","anonymousId":"device-%s","userId":"user-%s",\
                        "event":"Step","properties":{"number":%d}}""".formatted(writeKey, messageId, name, name, number)))
                .build();
        while (!accepted(request)) {
            Thread.sleep(5);
        }
    }

    private static boolean accepted(HttpRequest request) throws InterruptedException {
        try {
            return CLIENT.send(request, HttpResponse.BodyHandlers.ofString()).statusCode() == 200;
        } catch (IOException e) {
            return false;
        }
    }
}
