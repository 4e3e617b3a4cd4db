package io.segmentdo.store.postgres;

import io.segmentdo.problem.PlatformException;
import io.segmentdo.problem.Problem;
import io.vertx.core.Future;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings the tables of a schema to the version that this program knows.
 *
 * <p>Everything happens in one transaction under a lock, so of several members that start at once one migrates and the
 * others find it done, and a failed migration leaves nothing behind. A released migration is never changed. Pure but for
 * the connection that it is given.
 */
final class Migrations {
    private static final Logger log = LoggerFactory.getLogger(Migrations.class);
    private static final List<String> ALL = List.of("001-tables");

    private final String schema;
    private final int partitions;

    Migrations(String schema, int partitions) {
        this.schema = schema;
        this.partitions = partitions;
    }

    /** The version that this program knows. */
    static int version() {
        return ALL.size();
    }

    /** Returns the number of partitions with which the store was made. */
    Future<Integer> run(SqlConnection connection) {
        return connection
                .begin()
                .compose(transaction -> migrate(connection)
                        .compose(made -> transaction.commit().map(made))
                        .recover(e -> transaction.rollback().transform(ignored -> Future.failedFuture(e))));
    }

    private Future<Integer> migrate(SqlConnection connection) {
        return connection
                .preparedQuery("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))")
                .execute(Tuple.of("segmentdo.migrations." + schema))
                .compose(locked -> prepare(connection))
                .compose(prepared -> connection
                        .query("SELECT coalesce(max(version), 0) FROM migration")
                        .execute())
                .compose(rows -> applyFrom(connection, rows.iterator().next().getInteger(0)))
                .compose(applied -> makePartitions(connection));
    }

    /** The schema is made only when it is missing: who may not make one can be given one. */
    private Future<?> prepare(SqlConnection connection) {
        return connection
                .preparedQuery("SELECT 1 FROM pg_namespace WHERE nspname = $1")
                .execute(Tuple.of(schema))
                .compose(found -> found.size() > 0
                        ? Future.succeededFuture()
                        : connection.query("CREATE SCHEMA " + schema).execute())
                .compose(made -> connection
                        .query("CREATE TABLE IF NOT EXISTS migration (version int PRIMARY KEY, name text NOT NULL,"
                                + " applied timestamptz NOT NULL DEFAULT clock_timestamp())")
                        .execute());
    }

    private Future<?> applyFrom(SqlConnection connection, int applied) {
        if (applied > ALL.size()) {
            return Future.failedFuture(new PlatformException(
                    Problem.INVALID_CONFIG,
                    "store.postgres.schema: " + schema + " is at version " + applied + " (expected: " + ALL.size()
                            + " or less, a newer segment.do has been here)"));
        }
        Future<?> done = Future.succeededFuture();
        for (int version = applied + 1; version <= ALL.size(); version++) {
            String name = ALL.get(version - 1);
            Tuple record = Tuple.of(version, name);
            done = done.compose(before -> connection.query(read(name)).execute())
                    .compose(migrated -> connection
                            .preparedQuery("INSERT INTO migration (version, name) VALUES ($1, $2)")
                            .execute(record))
                    .onSuccess(recorded ->
                            log.atInfo().addKeyValue("migration", name).log("PostgreSQL tables are migrated"));
        }
        return done;
    }

    private Future<Integer> makePartitions(SqlConnection connection) {
        return connection
                .preparedQuery("INSERT INTO setting VALUES ('partitions', $1) ON CONFLICT DO NOTHING")
                .execute(Tuple.of(Integer.toString(partitions)))
                .compose(set -> connection
                        .query("INSERT INTO ownership SELECT number, 0, NULL FROM generate_series(0,"
                                + " (SELECT value::int FROM setting WHERE name = 'partitions') - 1) AS number"
                                + " ON CONFLICT DO NOTHING")
                        .execute())
                .compose(made -> connection
                        .query("SELECT value FROM setting WHERE name = 'partitions'")
                        .execute())
                .map(rows -> Integer.parseInt(rows.iterator().next().getString(0)));
    }

    private static String read(String name) {
        try (InputStream script = Migrations.class.getResourceAsStream(name + ".sql")) {
            if (script == null) {
                throw new IllegalStateException("migration " + name + " is not in the program");
            }
            return new String(script.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
