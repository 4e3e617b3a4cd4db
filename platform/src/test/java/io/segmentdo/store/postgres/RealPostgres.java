package io.segmentdo.store.postgres;

import io.segmentdo.config.Secret;
import io.segmentdo.store.PostgresConfig;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A real PostgreSQL server of the newest version, for tests.
 *
 * <p>One is shared by all tests of a process and ends with it; each test takes a schema of its own. A test that stops
 * and starts a server makes one for itself.
 */
public final class RealPostgres implements AutoCloseable {
    private static final AtomicInteger SCHEMAS = new AtomicInteger();
    private static @Nullable RealPostgres shared;

    private final @Nullable Path directory;
    private EmbeddedPostgres server;

    private RealPostgres(@Nullable Path directory) {
        this.directory = directory;
        this.server = start(0);
    }

    /** The server of this process. */
    public static synchronized RealPostgres shared() {
        RealPostgres known = shared;
        if (known == null) {
            known = new RealPostgres(null);
            shared = known;
        }
        return known;
    }

    /** A server that keeps its data in a directory when it is stopped. */
    public static RealPostgres in(Path directory) {
        return new RealPostgres(directory);
    }

    private EmbeddedPostgres start(int port) {
        try {
            EmbeddedPostgres.Builder builder = EmbeddedPostgres.builder()
                    .setPort(port)
                    .setServerConfig("max_connections", "100")
                    .setServerConfig("shared_buffers", "64MB")
                    .setServerConfig("fsync", directory == null ? "off" : "on") // the shared one never has to survive
                    .setServerConfig("full_page_writes", directory == null ? "off" : "on")
                    .setServerConfig("listen_addresses", "127.0.0.1")
                    .setServerConfig("unix_socket_directories", ""); // a socket would stay where the test is killed
            if (directory != null) {
                builder.setDataDirectory(directory).setCleanDataDirectory(false);
            }
            return builder.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** How a store connects, with a schema that nobody used before. */
    public PostgresConfig config() {
        return config("test_" + SCHEMAS.incrementAndGet());
    }

    /** How a store connects with this schema. */
    public PostgresConfig config(String schema) {
        PostgresConfig base = PostgresConfig.DEFAULT;
        return with(base, "postgres", server.getPort(), schema, base.lease(), Duration.ofSeconds(20));
    }

    /** The same through another port, with another lease and patience. */
    static PostgresConfig at(PostgresConfig config, int port, Duration lease, Duration patience) {
        return with(config, config.database(), port, config.schema(), lease, patience);
    }

    /** The same with another database. */
    static PostgresConfig named(PostgresConfig config, String database) {
        return with(config, database, config.port(), config.schema(), config.lease(), config.patience());
    }

    private static PostgresConfig with(
            PostgresConfig base, String database, int port, String schema, Duration lease, Duration patience) {
        return new PostgresConfig(
                "127.0.0.1",
                port,
                database,
                "postgres",
                new Secret("postgres"),
                schema,
                base.poolSize(),
                base.sslMode(),
                base.sslCertificateAuthority(),
                lease,
                patience,
                base.requestTimeout());
    }

    /** A plain connection. */
    public Connection connect() throws SQLException {
        return server.getPostgresDatabase().getConnection();
    }

    /** Runs statements; returns the first value of the last result, empty for none. */
    public String sql(String statements) throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            if (!statement.execute(statements)) {
                return "";
            }
            try (ResultSet rows = statement.getResultSet()) {
                return rows.next() ? String.valueOf(rows.getString(1)) : "";
            }
        }
    }

    /** Ends all connections but those of this call, as a network does. */
    public void breakConnections() throws SQLException {
        sql("SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
                + " WHERE pid <> pg_backend_pid() AND application_name = 'segmentdo'");
    }

    /** Stops the server; its data stay. */
    public void stop() {
        try {
            server.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Starts it again over its data, at the same port. */
    public void startAgain() {
        server = start(server.getPort());
    }

    @Override
    public void close() {
        stop();
    }
}
