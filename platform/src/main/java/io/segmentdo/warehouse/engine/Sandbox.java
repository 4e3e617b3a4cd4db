package io.segmentdo.warehouse.engine;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Properties;
import java.util.stream.Collectors;

/**
 * Instances of DuckDB in memory that can read the given files and nothing else.
 *
 * <p>The order matters: limits first, then the views, which may name files; then the files are all that is allowed, the
 * outside is closed, and at last the settings are locked. An instance serves one query and is thrown away.
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

    /** An instance with nothing but what every query wants; {@link #furnish} makes it useful. */
    static Connection open() throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("jdbc_stream_results", "true");
        Connection connection = DriverManager.getConnection("jdbc:duckdb:", properties);
        for (String setting : CLOSED) {
            execute(connection, setting);
        }
        execute(connection, "SET TimeZone = 'UTC'");
        execute(connection, "SET errors_as_json = true");
        execute(connection, "SET preserve_insertion_order = true");
        return connection;
    }

    /** Adds the views of a dataset, then closes and locks everything else. */
    static void furnish(Connection connection, Dataset dataset, Limits limits, Path spill) throws SQLException {
        limit(connection, limits, spill);
        for (Dataset.Table table : dataset.tables()) {
            execute(connection, Relations.create(table));
        }
        for (Dataset.View view : dataset.views()) {
            execute(connection, "CREATE VIEW " + Relations.quote(view.name()) + " AS " + view.sql());
        }
        execute(connection, "SET allowed_paths = " + paths(dataset));
        lock(connection);
    }

    /** The same for a query that writes below a directory. */
    static void furnish(Connection connection, Dataset dataset, Limits limits, Path spill, Path target)
            throws SQLException {
        execute(connection, "SET allowed_directories = [" + Relations.literal(target + "/") + "]");
        execute(connection, "SET preserve_insertion_order = false");
        furnish(connection, dataset, limits, spill);
    }

    private static void limit(Connection connection, Limits limits, Path spill) throws SQLException {
        execute(connection, "SET memory_limit = '" + (limits.memoryBytes() >> 10) + "KiB'");
        execute(connection, "SET threads = " + limits.threads());
        execute(connection, "SET temp_directory = " + Relations.literal(spill.toString()));
        execute(connection, "SET max_temp_directory_size = '" + (limits.spillBytes() >> 10) + "KiB'");
    }

    private static String paths(Dataset dataset) {
        return dataset.tables().stream()
                .flatMap(table -> table.files().stream())
                .map(Relations::literal)
                .collect(Collectors.joining(", ", "[", "]"));
    }

    private static void lock(Connection connection) throws SQLException {
        for (String setting : LOCKED) {
            execute(connection, setting);
        }
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
