package io.segmentdo.warehouse.engine;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Collection;
import java.util.List;
import java.util.Properties;
import java.util.stream.Collectors;
import org.duckdb.DuckDBConnection;

/**
 * Instances of DuckDB in memory that can read the given files and nothing else.
 *
 * <p>The order matters: limits first, then the files that are all that is allowed, then the outside is closed, and at last
 * the settings are locked.
 */
final class Sandbox {
    private static final List<String> CLOSED = List.of(
            "SET autoinstall_known_extensions = false",
            "SET autoload_known_extensions = false",
            "SET allow_community_extensions = false",
            "SET allow_persistent_secrets = false");
    private static final List<String> LOCKED =
            List.of("SET enable_external_access = false", "SET lock_configuration = true");

    private Sandbox() {}

    /** An instance without tables, for parsing. */
    static Connection openEmpty() throws SQLException {
        Connection connection = open();
        execute(connection, "SET memory_limit = '64MiB'");
        execute(connection, "SET max_temp_directory_size = '0KiB'");
        execute(connection, "SET threads = 1");
        lock(connection);
        return connection;
    }

    /** An instance with nothing but what every query wants; {@link #furnish} closes it. */
    static DuckDBConnection open() throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("jdbc_stream_results", "true");
        DuckDBConnection connection = (DuckDBConnection) DriverManager.getConnection("jdbc:duckdb:", properties);
        for (String setting : CLOSED) {
            execute(connection, setting);
        }
        execute(connection, "SET GLOBAL TimeZone = 'UTC'");
        execute(connection, "SET errors_as_json = true");
        execute(connection, "SET preserve_insertion_order = true");
        execute(connection, "SET parquet_metadata_cache = true");
        execute(connection, "SET validate_external_file_cache = 'NO_VALIDATION'"); // data files never change
        return connection;
    }

    /** Lets it read these files and closes everything else. */
    static void furnish(Connection connection, Collection<String> files, Limits limits, Path spill)
            throws SQLException {
        limit(connection, limits, spill);
        execute(
                connection,
                "SET allowed_paths = "
                        + files.stream().map(Relations::literal).collect(Collectors.joining(", ", "[", "]")));
        lock(connection);
    }

    /** The same, and it may write below a directory. */
    static void furnish(Connection connection, Collection<String> files, Limits limits, Path spill, Path target)
            throws SQLException {
        execute(connection, "SET allowed_directories = [" + Relations.literal(target + "/") + "]");
        execute(connection, "SET preserve_insertion_order = false");
        furnish(connection, files, limits, spill);
    }

    private static void limit(Connection connection, Limits limits, Path spill) throws SQLException {
        execute(connection, "SET memory_limit = '" + (limits.memoryBytes() >> 10) + "KiB'");
        execute(connection, "SET threads = " + limits.threads());
        execute(connection, "SET temp_directory = " + Relations.literal(spill.toString()));
        execute(connection, "SET max_temp_directory_size = '" + (limits.spillBytes() >> 10) + "KiB'");
    }

    private static void lock(Connection connection) throws SQLException {
        for (String setting : LOCKED) {
            execute(connection, setting);
        }
    }

    static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
