package io.segmentdo.store.postgres;

import io.segmentdo.store.PostgresConfig;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgConnection;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Whether a database is fit to hold a store: it answers, is new enough and no standby, the tables are there or may be made,
 * and the role may do what it has to. Changes nothing.
 *
 * <p>Blocks; used by one thread.
 */
public final class PostgresCheck {
    /** What was found out about one thing, and for anything but good news what to do. */
    public record Found(boolean isGood, String text) {}

    private static final int VERSION_MIN = 12;
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final int PINGS = 9;

    private final PostgresConfig config;
    private final int partitions;
    private final List<Found> found = new ArrayList<>();

    public PostgresCheck(PostgresConfig config, int partitions) {
        this.config = config;
        this.partitions = partitions;
    }

    /** Everything there is to say; the last one is bad when the rest could not be looked at. */
    public List<Found> findings() throws InterruptedException {
        Vertx vertx = Vertx.vertx();
        try {
            SqlConnection connection = await(PgConnection.connect(vertx, Database.options(config)));
            server(connection);
            latency(connection);
            schema(connection);
            await(connection.close());
        } catch (ExecutionException | TimeoutException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            bad("PostgreSQL at " + config.host() + ":" + config.port() + " cannot be used as " + config.user()
                    + " in database " + config.database() + " (" + cause.getMessage() + "): see store.postgres");
        } finally {
            vertx.close();
        }
        return List.copyOf(found);
    }

    private static <T> T await(Future<T> answer) throws InterruptedException, ExecutionException, TimeoutException {
        return answer.toCompletionStage().toCompletableFuture().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }

    private static Row ask(SqlConnection connection, String sql, Object... parameters)
            throws InterruptedException, ExecutionException, TimeoutException {
        return await(connection.preparedQuery(sql).execute(Tuple.from(parameters)))
                .iterator()
                .next();
    }

    private void server(SqlConnection connection) throws InterruptedException, ExecutionException, TimeoutException {
        Row server = ask(
                connection,
                "SELECT current_setting('server_version'), current_setting('server_version_num')::int / 10000,"
                        + " pg_is_in_recovery(), current_setting('max_connections')::int");
        String text = "PostgreSQL " + server.getString(0) + " at " + config.host() + ":" + config.port();
        note(server.getInteger(1) >= VERSION_MIN, text, "use version " + VERSION_MIN + " or newer");
        if (server.getBoolean(2)) {
            bad("PostgreSQL is a standby and takes no writes: name the primary in store.postgres.host");
        }
        int connections = server.getInteger(3);
        note(
                config.poolSize() < connections,
                "Connections: up to " + connections + ", each member uses " + config.poolSize(),
                "raise max_connections, or lower store.postgres.pool-size");
    }

    private void latency(SqlConnection connection) throws InterruptedException, ExecutionException, TimeoutException {
        List<Long> nanos = new ArrayList<>();
        for (int i = 0; i < PINGS; i++) {
            long start = System.nanoTime();
            ask(connection, "SELECT 1");
            nanos.add(System.nanoTime() - start);
        }
        nanos.sort(null);
        double millis = nanos.get(PINGS / 2) / 1e6;
        note(
                millis <= 20,
                "PostgreSQL answers after %.2f ms".formatted(millis),
                "every commit waits for it several times; run it near the members");
    }

    private void schema(SqlConnection connection) throws InterruptedException, ExecutionException, TimeoutException {
        Row rights = ask(
                connection,
                "SELECT to_regnamespace($1) IS NOT NULL, has_database_privilege(current_database(), 'CREATE'),"
                        + " coalesce(has_schema_privilege(to_regnamespace($1), 'USAGE'), false),"
                        + " coalesce(has_schema_privilege(to_regnamespace($1), 'CREATE'), false),"
                        + " EXISTS (SELECT FROM pg_class WHERE relnamespace = to_regnamespace($1) AND relname = 'migration')",
                config.schema());
        String schema = "Schema " + config.schema();
        if (!rights.getBoolean(0)) {
            note(
                    rights.getBoolean(1),
                    schema + " is not there yet and " + (rights.getBoolean(1) ? "will be made" : "may not be made"),
                    "GRANT CREATE ON DATABASE " + config.database() + " TO " + config.user());
            return;
        }
        if (!rights.getBoolean(2)) {
            bad(schema + " may not be used: GRANT USAGE, CREATE ON SCHEMA " + config.schema() + " TO " + config.user());
            return;
        }
        boolean mayMigrate = rights.getBoolean(3);
        int version = rights.getBoolean(4)
                ? ask(connection, "SELECT coalesce(max(version), 0) FROM migration")
                        .getInteger(0)
                : 0;
        migrations(schema, version, mayMigrate);
        if (version > 0) {
            tables(connection);
        }
    }

    private void migrations(String schema, int version, boolean mayMigrate) {
        if (version > Migrations.version()) {
            bad(schema + " is at version " + version + ": a newer segment.do has been here, use that one");
        } else if (version == Migrations.version()) {
            good(schema + " is at version " + version);
        } else {
            note(
                    mayMigrate,
                    schema + " is at version " + version + " of " + Migrations.version()
                            + (mayMigrate ? ", the next start migrates it" : " and may not be migrated"),
                    "GRANT CREATE ON SCHEMA " + config.schema() + " TO " + config.user());
        }
    }

    private void tables(SqlConnection connection) throws InterruptedException, ExecutionException, TimeoutException {
        String forbidden = ask(
                        connection,
                        "SELECT coalesce(string_agg(relname, ', '), '') FROM pg_class WHERE relkind = 'r'"
                                + " AND relnamespace = to_regnamespace($1) AND NOT (has_table_privilege(oid, 'SELECT')"
                                + " AND has_table_privilege(oid, 'INSERT') AND has_table_privilege(oid, 'UPDATE')"
                                + " AND has_table_privilege(oid, 'DELETE'))",
                        config.schema())
                .getString(0);
        if (!forbidden.isEmpty()) {
            bad("Tables " + forbidden + " may not be read and written: GRANT ALL ON ALL TABLES IN SCHEMA "
                    + config.schema() + " TO " + config.user());
            return;
        }
        Row store = ask(
                connection,
                "SELECT (SELECT value::int FROM setting WHERE name = 'partitions'), (SELECT count(*) FROM member"
                        + " WHERE seen > clock_timestamp() - make_interval(secs => $1))",
                config.lease().toMillis() / 1000.0);
        note(
                store.getInteger(0) == partitions,
                "The store has " + store.getInteger(0) + " partitions and " + store.getLong(1) + " living members",
                "set store.partitions, which is " + partitions + ", to what it was made with");
    }

    private void note(boolean isGood, String text, String remedy) {
        found.add(new Found(isGood, isGood ? text : text + ": " + remedy));
    }

    private void good(String text) {
        found.add(new Found(true, text));
    }

    private void bad(String text) {
        found.add(new Found(false, text));
    }
}
