package io.segmentdo.store.postgres;

import io.segmentdo.problem.PlatformException;
import io.segmentdo.problem.Problem;
import io.segmentdo.store.PostgresConfig;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.net.ClientSSLOptions;
import io.vertx.core.net.NetClientOptions;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.pgclient.PgBuilder;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.SslMode;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.PoolOptions;
import io.vertx.sqlclient.SqlConnection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connections of one node to its database, for threads that may block.
 *
 * <p>A connection goes back to the pool only when all that was sent on it has been answered, so one that hangs is never
 * handed on; it ends when TCP gives it up. Everything is an index lookup and planned as such, whatever the statistics say.
 * Safe for concurrent use, but not on event loops.
 */
final class Database implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Database.class);
    private static final Duration GIVEN_UP_BY_TCP = Duration.ofSeconds(10);
    private static final long BACK_OFF_MILLIS_MAX = 1000;

    private final PostgresConfig config;
    private final StoreMeters meters;
    private final Context context;
    private final Pool pool;
    private final Semaphore readers;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final AtomicReference<@Nullable String> away = new AtomicReference<>();

    Database(Vertx vertx, PostgresConfig config, StoreMeters meters) {
        this.config = config;
        this.meters = meters;
        this.context = vertx.getOrCreateContext();
        if (context.isWorkerContext()) {
            throw new IllegalStateException("the store is opened on a worker thread, whose answers it would wait for");
        }
        this.readers = new Semaphore(Math.max(1, config.poolSize() - writers() - 1));
        this.pool = PgBuilder.pool()
                .with(new PoolOptions()
                        .setMaxSize(config.poolSize())
                        .setConnectionTimeout((int) config.requestTimeout().toMillis())
                        .setConnectionTimeoutUnit(TimeUnit.MILLISECONDS))
                .with(new NetClientOptions()
                        .setConnectTimeout((int) GIVEN_UP_BY_TCP.toMillis())
                        .setTcpKeepAlive(true)
                        .setTcpUserTimeout((int) GIVEN_UP_BY_TCP.toMillis()))
                .connectingTo(options(config))
                .using(vertx)
                .build();
    }

    static PgConnectOptions options(PostgresConfig config) {
        PgConnectOptions options = new PgConnectOptions()
                .setHost(config.host())
                .setPort(config.port())
                .setDatabase(config.database())
                .setUser(config.user())
                .setPassword(config.password().reveal())
                .setCachePreparedStatements(true)
                .setPreparedStatementCacheSqlLimit(4096)
                .setSslMode(sslMode(config.sslMode()));
        options.addProperty("application_name", "segmentdo")
                .addProperty("search_path", config.schema())
                .addProperty("statement_timeout", millis(config.requestTimeout()))
                .addProperty("idle_in_transaction_session_timeout", millis(config.lease()))
                .addProperty("synchronous_commit", "on")
                .addProperty("default_transaction_isolation", "read committed")
                .addProperty("plan_cache_mode", "force_generic_plan")
                .addProperty("enable_seqscan", "off")
                .addProperty("enable_bitmapscan", "off")
                .addProperty("enable_hashjoin", "off")
                .addProperty("enable_mergejoin", "off")
                .addProperty("jit", "off")
                .addProperty("client_min_messages", "error");
        return config.sslMode() == PostgresConfig.Ssl.DISABLE ? options : options.setSslOptions(trust(config));
    }

    private static ClientSSLOptions trust(PostgresConfig config) {
        ClientSSLOptions options = new ClientSSLOptions();
        if (config.sslMode() != PostgresConfig.Ssl.VERIFY_FULL) {
            return options.setTrustAll(true).setHostnameVerificationAlgorithm("");
        }
        options.setHostnameVerificationAlgorithm("HTTPS");
        String authority = config.sslCertificateAuthority().toString();
        return authority.isEmpty() ? options : options.setTrustOptions(new PemTrustOptions().addCertPath(authority));
    }

    private static SslMode sslMode(PostgresConfig.Ssl mode) {
        return switch (mode) {
            case DISABLE -> SslMode.DISABLE;
            case PREFER -> SslMode.PREFER;
            case REQUIRE -> SslMode.REQUIRE;
            case VERIFY_FULL -> SslMode.VERIFY_FULL;
        };
    }

    private static String millis(Duration duration) {
        return Long.toString(duration.toMillis());
    }

    /** How many connections commit at the same time. */
    int writers() {
        return Math.max(1, config.poolSize() / 4);
    }

    /** Reads, as often as needed within the patience. */
    <T> T read(Function<SqlConnection, Future<T>> work) {
        try {
            readers.acquire();
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
        try {
            return persist(() -> once(work));
        } finally {
            readers.release();
        }
    }

    /** Does something that may be repeated, as often as needed within the patience. */
    <T> T persist(Supplier<T> attempt) {
        return persist(attempt, config.patience());
    }

    <T> T persist(Supplier<T> attempt, Duration patience) {
        long deadline = System.nanoTime() + patience.toNanos();
        for (int tries = 0; ; tries++) {
            try {
                T done = attempt.get();
                reached();
                return done;
            } catch (AwayException e) {
                lost(e);
                if (System.nanoTime() >= deadline || isClosed()) {
                    throw new PlatformException(
                            Problem.STORAGE_FAILED,
                            "PostgreSQL at " + config.host() + ":" + config.port() + " is away: " + e.getMessage(),
                            e);
                }
                meters.retried();
                pause(Math.min(BACK_OFF_MILLIS_MAX, 20L << Math.min(tries, 6)));
            }
        }
    }

    /**
     * Does something on a connection of its own and waits for the answer.
     *
     * @throws AwayException when it is worth trying again; it may have been done
     * @throws PlatformException when it is not
     */
    <T> T once(Function<SqlConnection, Future<T>> work) {
        if (Context.isOnEventLoopThread()) {
            throw new IllegalStateException("the store was called on an event loop");
        }
        checkOpen();
        CompletableFuture<T> answer = new CompletableFuture<>();
        context.runOnContext(
                ignored -> pool.withConnection(work).onComplete(answer::complete, answer::completeExceptionally));
        try {
            return answer.get(2 * config.requestTimeout().toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            if (cause instanceof PlatformException known) {
                throw known;
            }
            if (AwayException.covers(cause)) {
                throw new AwayException(cause);
            }
            throw new PlatformException(Problem.STORAGE_FAILED, "PostgreSQL refused: " + cause.getMessage(), cause);
        } catch (TimeoutException e) {
            throw new AwayException(e);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    /** Does something on each of as many connections as there may be, but one for the heartbeat; whatever comes of it. */
    void onAll(Function<SqlConnection, Future<?>> work) {
        int wanted = config.poolSize() - 1;
        CompletableFuture<Void> done = new CompletableFuture<>();
        context.runOnContext(ignored -> {
            Promise<Void> connected = Promise.promise(); // until then nobody gives his connection to the next one
            AtomicInteger missing = new AtomicInteger(wanted);
            List<Future<Object>> all = new ArrayList<>();
            for (int i = 0; i < wanted; i++) {
                all.add(pool.<Object>withConnection(connection -> {
                            if (missing.decrementAndGet() == 0) {
                                connected.complete();
                            }
                            return connected
                                    .future()
                                    .compose(v -> work.apply(connection))
                                    .mapEmpty();
                        })
                        .onFailure(connected::tryFail));
            }
            Future.join(all).onComplete(ended -> done.complete(null));
        });
        done.completeOnTimeout(null, config.patience().toMillis(), TimeUnit.MILLISECONDS)
                .join();
    }

    private static PlatformException interrupted(InterruptedException e) {
        Thread.currentThread().interrupt();
        return new PlatformException(Problem.STORAGE_FAILED, "interrupted while PostgreSQL was asked", e);
    }

    /** Waits, or returns early because it is closed. */
    void pause(long millis) {
        try {
            if (closed.await(millis, TimeUnit.MILLISECONDS)) {
                checkOpen();
            }
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    void checkOpen() {
        if (isClosed()) {
            throw new PlatformException(Problem.STORAGE_FAILED, "the store is closed");
        }
    }

    boolean isClosed() {
        return closed.getCount() == 0;
    }

    /** Why the database cannot be reached at the moment; null when it can. */
    @Nullable
    String awayBecause() {
        return away.get();
    }

    void lost(AwayException e) {
        String reason = String.valueOf(e.getMessage());
        if (away.getAndSet(reason) == null && !isClosed()) {
            log.atWarn().addKeyValue("reason", reason).log("PostgreSQL is away, events wait in the spool");
        }
    }

    void reached() {
        if (away.get() != null && away.getAndSet(null) != null) {
            log.atInfo().log("PostgreSQL is back");
        }
    }

    @Override
    public void close() {
        closed.countDown();
        CompletableFuture<Void> ended = new CompletableFuture<>();
        context.runOnContext(ignored -> pool.close().onComplete(done -> ended.complete(null)));
        try {
            ended.get(5, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            log.atDebug().setCause(e).log("Connections are left to end by themselves");
        }
    }
}
