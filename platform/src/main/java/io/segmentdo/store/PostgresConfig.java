package io.segmentdo.store;

import static io.segmentdo.config.Checks.check;

import io.segmentdo.config.Doc;
import io.segmentdo.config.Secret;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Pattern;

/**
 * The PostgreSQL database that members share, and how patiently it is used.
 *
 * <p>Immutable.
 */
public record PostgresConfig(
        @Doc("Host of the database; nothing else is connected to.")
        String host,

        @Doc("Port of the database, 1 to 65535.") int port,
        @Doc("Name of the database; it must exist.") String database,

        @Doc("Role that connects; it needs the right to create the schema, or to use it when it exists.")
        String user,

        @Doc("Password of the role; empty for none.") Secret password,

        @Doc("Schema that holds the tables, lower case; made when it is absent. Two clusters in one database need two.")
        String schema,

        @Doc("Connections of this node, 4 to 1000; a quarter of them commit, the others read.")
        int poolSize,

        @Doc(
                "Whether connections are encrypted: `disable`, `prefer` (when the server can), `require` (without checking the server's certificate), `verify-full`.")
        Ssl sslMode,

        @Doc("PEM file of the certificate authority for `verify-full`; empty for the ones that the Java runtime knows.")
        Path sslCertificateAuthority,

        @Doc(
                "How long a member that is not heard of keeps its partitions, by the database's clock, 500ms to 1m; it is heard of four times as often.")
        Duration lease,

        @Doc(
                "How long a call waits for a database that is away before it fails, 0s to 5m; events wait in the spool then.")
        Duration patience,

        @Doc("How long the database may take for one statement, 1s to 10m.")
        Duration requestTimeout) {
    private static final Pattern SCHEMA = Pattern.compile("[a-z_][a-z0-9_]{0,62}");

    public static final PostgresConfig DEFAULT = new PostgresConfig(
            "127.0.0.1",
            5432,
            "segmentdo",
            "segmentdo",
            new Secret(""),
            "segmentdo",
            8,
            Ssl.PREFER,
            Path.of(""),
            Duration.ofSeconds(2),
            Duration.ofSeconds(5),
            Duration.ofSeconds(30));

    /** Whether connections are encrypted. */
    public enum Ssl {
        DISABLE,
        PREFER,
        REQUIRE,
        VERIFY_FULL
    }

    public PostgresConfig {
        check(!host.isBlank(), "host", host, "a host name or address");
        check(port >= 1 && port <= 65_535, "port", port, "1 to 65535");
        check(!database.isBlank(), "database", database, "a name");
        check(!user.isBlank(), "user", user, "a name");
        check(
                SCHEMA.matcher(schema).matches(),
                "schema",
                schema,
                "1 to 63 of a-z, 0-9 and _, not beginning with a digit");
        check(poolSize >= 4 && poolSize <= 1000, "pool-size", poolSize, "4 to 1000");
        check(lease.toMillis() >= 500 && lease.toMillis() <= 60_000, "lease", lease, "500ms to 1m");
        check(!patience.isNegative() && patience.toMillis() <= 300_000, "patience", patience, "0s to 5m");
        check(
                requestTimeout.toMillis() >= 1000 && requestTimeout.toMillis() <= 600_000,
                "request-timeout",
                requestTimeout,
                "1s to 10m");
    }
}
