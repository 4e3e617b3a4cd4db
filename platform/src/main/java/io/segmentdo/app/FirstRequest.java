package io.segmentdo.app;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import java.util.concurrent.TimeUnit;

/**
 * What a node asks itself before others do: the event loops that serve it carry the store and the other members too, and
 * the first request takes them longer than all later ones. Pure but for that request.
 */
final class FirstRequest {
    private static final long SECONDS_MAX = 2;

    private FirstRequest() {}

    /** Asks as clients do that would like to speak HTTP/2; completes after the answer, or without one in bounded time. */
    static Future<Void> to(String host, int port, Vertx vertx) {
        HttpClient client = vertx.createHttpClient(new HttpClientOptions().setProtocolVersion(HttpVersion.HTTP_2));
        return client.request(HttpMethod.GET, port, host, "/health/ready")
                .compose(HttpClientRequest::send)
                .compose(HttpClientResponse::body)
                .timeout(SECONDS_MAX, TimeUnit.SECONDS)
                .transform(ignored -> client.close());
    }
}
