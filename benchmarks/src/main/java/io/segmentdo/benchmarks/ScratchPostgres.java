package io.segmentdo.benchmarks;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;

/** A PostgreSQL that writes as a real one does and is gone when this is closed. Safe for concurrent use. */
final class ScratchPostgres implements AutoCloseable {
    private final EmbeddedPostgres server;

    ScratchPostgres(Path directory) throws IOException {
        server = EmbeddedPostgres.builder()
                .setDataDirectory(directory)
                .setServerConfig("fsync", "on")
                .setServerConfig("synchronous_commit", "on")
                .setServerConfig("shared_buffers", "256MB")
                .setServerConfig("listen_addresses", "127.0.0.1")
                .start();
    }

    Connection connect() throws SQLException {
        return server.getPostgresDatabase().getConnection();
    }

    /** The lines of a configuration that name it as the store. */
    String asStore(String schema) {
        return """
                store:
                  engine: postgres
                  postgres: {host: 127.0.0.1, port: %d, database: postgres, user: postgres, password: postgres, schema: %s}
                """.formatted(server.getPort(), schema);
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
