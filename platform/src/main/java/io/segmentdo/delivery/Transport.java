package io.segmentdo.delivery;

import io.segmentdo.api.HttpRequest;
import io.segmentdo.delivery.DeliveryConfig.BreakerConfig;
import io.segmentdo.delivery.DeliveryConfig.HttpConfig;
import io.vertx.circuitbreaker.CircuitBreaker;
import io.vertx.circuitbreaker.CircuitBreakerOptions;
import io.vertx.circuitbreaker.CircuitBreakerState;
import io.vertx.circuitbreaker.OpenCircuitException;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.SocketAddress;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Sends the requests of one destination: its own pool of connections, on one event loop, behind its own breaker.
 *
 * <p>Safe for concurrent use; everything after the hand-over happens on the event loop.
 */
final class Transport implements AutoCloseable {
    /** What came of a request. */
    sealed interface Result {
        /** There was an answer, whatever its status. */
        record Answered(ReceivedResponse response) implements Result {}

        /** There was none; the request may have been carried out nevertheless. */
        record Failed(String reason) implements Result {}

        /** It was not sent, because the breaker is open. */
        record Refused() implements Result {}

        /** It was not sent, because it may not go any more. */
        record Withheld() implements Result {}
    }

    private static final Set<String> SCHEMES = Set.of("http", "https");
    private static final Result REFUSED = new Result.Refused();
    private static final Result WITHHELD = new Result.Withheld();

    private final Vertx vertx;
    private final HttpConfig config;
    private final HttpClient client;
    private final Resolver resolver;
    private final CircuitBreaker breaker;
    private volatile @Nullable Context context;

    /** @param breakerChanged is told whenever the breaker opens, half opens or closes; on an event loop */
    Transport(
            Vertx vertx,
            DeliveryConfig config,
            NetworkGuard guard,
            String destination,
            Consumer<CircuitBreakerState> breakerChanged) {
        this.vertx = vertx;
        this.config = config.http();
        this.client = vertx.createHttpClient(
                new HttpClientOptions()
                        .setConnectTimeout(millis(this.config.connectTimeout().toMillis()))
                        .setKeepAliveTimeout(millis(this.config.keepAlive().toSeconds()))
                        .setTcpNoDelay(true),
                new PoolOptions().setHttp1MaxSize(config.maxInFlight()).setMaxWaitQueueSize(-1));
        this.resolver = new Resolver(vertx, guard);
        this.breaker = breaker(vertx, config.breaker(), destination, breakerChanged);
    }

    private static CircuitBreaker breaker(
            Vertx vertx, BreakerConfig config, String destination, Consumer<CircuitBreakerState> changed) {
        CircuitBreakerOptions options = new CircuitBreakerOptions()
                .setMaxFailures(config.failures())
                .setFailuresRollingWindow(config.window().toMillis())
                .setResetTimeout(config.reset().toMillis())
                .setTimeout(-1)
                .setNotificationAddress(null);
        return CircuitBreaker.create(destination, vertx, options)
                .failurePolicy(Transport::isFault)
                .openHandler(v -> changed.accept(CircuitBreakerState.OPEN))
                .halfOpenHandler(v -> changed.accept(CircuitBreakerState.HALF_OPEN))
                .closeHandler(v -> changed.accept(CircuitBreakerState.CLOSED));
    }

    /** Takes the event loop that belongs to the calling thread, if it has none yet; before anything is sent. */
    void attach() {
        if (context == null) {
            context = vertx.getOrCreateContext();
        }
    }

    private void onEventLoop(Runnable work) {
        Context attached = context;
        if (attached == null) {
            throw new IllegalStateException("not attached");
        }
        attached.runOnContext(v -> work.run());
    }

    /** Sends a request past the breaker. */
    void sendDirectly(HttpRequest request, Consumer<Result> then) {
        onEventLoop(() -> new Exchange(request, () -> true).start().onSuccess(then::accept));
    }

    /**
     * Sends requests; each one's result comes later, on the event loop.
     *
     * @param mayGo is asked at the last moment whether a request may still be sent
     */
    <T> void sendAll(
            List<T> exchanges,
            Function<T, HttpRequest> request,
            Function<T, BooleanSupplier> mayGo,
            BiConsumer<T, Result> then) {
        onEventLoop(() -> {
            for (T exchange : exchanges) {
                send(
                        new Exchange(request.apply(exchange), mayGo.apply(exchange)),
                        result -> then.accept(exchange, result));
            }
        });
    }

    /** Tells the breaker about work that was done elsewhere. */
    void report(boolean succeeded) {
        onEventLoop(() -> breaker.execute(() -> succeeded
                ? Future.succeededFuture()
                : Future.failedFuture(new IOException("the connector reported a failure"))));
    }

    private void send(Exchange exchange, Consumer<Result> then) {
        breaker.execute(exchange::start).onComplete(outcome -> {
            boolean refused = outcome.failed() && outcome.cause() instanceof OpenCircuitException;
            then.accept(refused ? REFUSED : exchange.result());
        });
    }

    /** Whether the destination as a whole is at fault, not just this event. */
    private static boolean isFault(Future<?> future) {
        return future.failed()
                || future.result() instanceof Result.Failed
                || (future.result() instanceof Result.Answered answer
                        && isFault(answer.response().status()));
    }

    private static boolean isFault(int status) {
        return status >= 500;
    }

    /** Ends all connections; requests under way fail. */
    @Override
    public void close() {
        client.close();
        breaker.close();
    }

    /** For an address that was looked up and found to be allowed: nothing looks it up again, nor follows a redirect. */
    private RequestOptions options(HttpRequest request, InetAddress address) {
        URI uri = request.uri();
        String path = uri.getRawPath() == null || uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
        RequestOptions options = new RequestOptions()
                .setMethod(HttpMethod.valueOf(request.method().toUpperCase(Locale.ROOT)))
                .setServer(SocketAddress.inetSocketAddress(port(uri), address.getHostAddress()))
                .setHost(uri.getHost())
                .setPort(port(uri))
                .setSsl(isTls(uri))
                .setFollowRedirects(false)
                .setConnectTimeout(config.requestTimeout().toMillis())
                .setURI(uri.getRawQuery() == null ? path : path + "?" + uri.getRawQuery());
        request.headers().forEach(options::putHeader);
        return options;
    }

    /** The request's own limit, where it is shorter than the configured one. */
    private Duration timeout(HttpRequest request) {
        Duration longest = config.requestTimeout();
        return request.timeout().filter(own -> own.compareTo(longest) < 0).orElse(longest);
    }

    private static boolean isTls(URI uri) {
        return "https".equalsIgnoreCase(uri.getScheme());
    }

    private static int port(URI uri) {
        return uri.getPort() >= 0 ? uri.getPort() : isTls(uri) ? 443 : 80;
    }

    private static int millis(long value) {
        return (int) Math.min(value, Integer.MAX_VALUE);
    }

    /** One request under way. Confined to the event loop. */
    private final class Exchange {
        private final HttpRequest request;
        private final BooleanSupplier mayGo;
        private final Promise<Result> done = Promise.promise();
        private final Buffer body = Buffer.buffer();
        private Result result = new Result.Failed("no response");

        Exchange(HttpRequest request, BooleanSupplier mayGo) {
            this.request = request;
            this.mayGo = mayGo;
        }

        /** What came of it; complete when the future of {@link #start} is. */
        Result result() {
            return result;
        }

        Future<Result> start() {
            Duration limit = timeout(request);
            long timer = vertx.setTimer(Math.max(1, limit.toMillis()), id -> fail("no response within " + limit));
            URI uri = request.uri();
            if (uri.getHost() == null
                    || !SCHEMES.contains(String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT))) {
                fail("the request cannot be sent: its URL has no host, or is no http or https URL");
            } else {
                resolver.resolve(uri.getHost(), port(uri))
                        .onSuccess(this::connect)
                        .onFailure(this::fail);
            }
            return done.future().onComplete(v -> vertx.cancelTimer(timer));
        }

        private void connect(InetAddress address) {
            if (done.future().isComplete()) {
                return;
            }
            try {
                client.request(options(request, address)).onSuccess(this::write).onFailure(cause -> {
                    resolver.failed(request.uri().getHost(), port(request.uri()), address);
                    fail(cause);
                });
            } catch (IllegalArgumentException e) {
                fail("the request cannot be sent: " + e.getMessage());
            }
        }

        private void write(HttpClientRequest http) {
            if (done.future().isComplete()) {
                http.reset();
                return;
            }
            if (!mayGo.getAsBoolean()) {
                http.reset();
                end(WITHHELD);
                return;
            }
            done.future().onSuccess(outcome -> {
                if (outcome instanceof Result.Failed) {
                    http.reset(); // nothing of this request may be read as the answer to the next one
                }
            });
            http.response().onSuccess(this::read).onFailure(this::fail);
            http.send(Buffer.buffer(request.body())).onFailure(this::fail);
        }

        private void read(HttpClientResponse response) {
            response.exceptionHandler(this::fail)
                    .handler(this::append)
                    .endHandler(v -> end(new Result.Answered(
                            new ReceivedResponse(response.statusCode(), response.headers(), body.getBytes()))));
        }

        private void append(Buffer chunk) {
            if (body.length() + chunk.length() > config.responseMax().bytes()) {
                fail("the response is longer than " + config.responseMax());
            } else {
                body.appendBuffer(chunk);
            }
        }

        private void fail(Throwable cause) {
            String message = cause.getMessage();
            fail(message == null ? cause.getClass().getSimpleName() : message);
        }

        private void fail(String reason) {
            end(new Result.Failed(reason));
        }

        private void end(Result outcome) {
            if (!done.future().isComplete()) {
                result = outcome;
                done.complete(outcome);
            }
        }
    }
}
