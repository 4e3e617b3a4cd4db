package io.segmentdo.benchmarks;

import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.PoolOptions;
import org.jspecify.annotations.Nullable;

/**
 * The baseline: a Vert.x server that reads the whole body and answers the bytes that the platform answers, and does
 * nothing else, except that it sends the body on to a webhook when it is given the port of one. Runs in a process of its
 * own: {@code BareServer <port> [<webhook port>]}.
 */
public final class BareServer extends VerticleBase {
    private static final Buffer SUCCESS = Buffer.buffer("{\"success\":true}");
    private static final int CONNECTIONS = 64;
    private final int port;
    private final int webhookPort;
    private @Nullable HttpClient webhook;

    private BareServer(int port, int webhookPort) {
        this.port = port;
        this.webhookPort = webhookPort;
    }

    @Override
    public Future<?> start() {
        if (webhookPort > 0) {
            webhook = vertx.createHttpClient(
                    new HttpClientOptions().setDefaultHost("127.0.0.1").setDefaultPort(webhookPort),
                    new PoolOptions().setHttp1MaxSize(CONNECTIONS));
        }
        return vertx.createHttpServer(new HttpServerOptions().setTcpNoDelay(true))
                .requestHandler(request -> request.body().onSuccess(body -> {
                    request.response()
                            .putHeader("Content-Type", "application/json")
                            .end(SUCCESS);
                    forward(body);
                }))
                .listen(port, "127.0.0.1");
    }

    private void forward(Buffer body) {
        if (webhook != null) {
            webhook.request(HttpMethod.POST, "/")
                    .compose(request -> request.send(body))
                    .compose(HttpClientResponse::end)
                    .onFailure(problem -> System.err.println("not forwarded: " + problem));
        }
    }

    /** Starts one verticle per event loop and serves until the process ends. */
    public static void main(String[] args) {
        int port = Integer.parseInt(args[0]);
        int webhookPort = args.length > 1 ? Integer.parseInt(args[1]) : 0;
        int loops = Runtime.getRuntime().availableProcessors();
        Vertx vertx =
                Vertx.vertx(new VertxOptions().setPreferNativeTransport(true).setEventLoopPoolSize(loops));
        vertx.deployVerticle(() -> new BareServer(port, webhookPort), new DeploymentOptions().setInstances(loops))
                .toCompletionStage()
                .toCompletableFuture()
                .join();
    }
}
