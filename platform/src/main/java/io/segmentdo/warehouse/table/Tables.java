package io.segmentdo.warehouse.table;

import io.segmentdo.problem.PlatformException;
import io.segmentdo.problem.Problem;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.iceberg.CatalogProperties;
import org.apache.iceberg.Table;
import org.apache.iceberg.UpdateSchema;
import org.apache.iceberg.catalog.Catalog;
import org.apache.iceberg.catalog.Namespace;
import org.apache.iceberg.catalog.SessionCatalog;
import org.apache.iceberg.catalog.SupportsNamespaces;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.exceptions.AlreadyExistsException;
import org.apache.iceberg.exceptions.NoSuchTableException;
import org.apache.iceberg.io.FileIO;
import org.apache.iceberg.jdbc.JdbcCatalog;
import org.apache.iceberg.jdbc.JdbcClientPool;
import org.apache.iceberg.rest.HTTPClient;
import org.apache.iceberg.rest.RESTSessionCatalog;
import org.apache.iceberg.types.Types.NestedField;

/**
 * The tables of all workspaces: one namespace per workspace, in one catalog.
 *
 * <p>A {@link Table} that is handed out stands at the state of that moment until it is refreshed. Calls block on the
 * catalog and are not made on event loops. Safe for concurrent use; a single {@link Table} is not.
 */
public final class Tables implements AutoCloseable {
    private final Catalog catalog;
    private final FileIO files;
    private final String location;

    private Tables(Catalog catalog, FileIO files, String location) {
        this.catalog = catalog;
        this.files = files;
        this.location = location;
    }

    /**
     * Connects to the catalog; one that is a file is made when it is absent.
     *
     * @param config where the catalog is
     * @param directory where the catalog's file is when none is configured
     * @param files reads and writes the files of the tables; closed with this
     * @param location below which the tables lie, without a slash at its end
     */
    public static Tables open(CatalogConfig config, Path directory, FileIO files, String location) {
        NativeLibraries.loadSnappy();
        try {
            Catalog catalog = config.isRest() ? rest(config, files) : jdbc(config, directory, files, location);
            return new Tables(catalog, files, location);
        } catch (IOException e) {
            throw new PlatformException(
                    Problem.STORAGE_FAILED, "The directory " + directory + " cannot be made: " + e.getMessage(), e);
        }
    }

    private static Catalog jdbc(CatalogConfig config, Path directory, FileIO files, String location)
            throws IOException {
        Map<String, String> properties = new HashMap<>();
        String uri = config.uri().toString();
        if (uri.isEmpty()) {
            Files.createDirectories(directory);
            uri = "jdbc:sqlite:" + directory.resolve("catalog.db").toAbsolutePath();
        }
        if (uri.startsWith("jdbc:sqlite:")) {
            NativeLibraries.loadSqlite();
            properties.put("jdbc.journal_mode", "WAL");
            properties.put("jdbc.synchronous", "FULL");
            properties.put("jdbc.busy_timeout", "10000");
        }
        if (!config.user().isEmpty()) {
            properties.put("jdbc.user", config.user());
            properties.put("jdbc.password", config.password().reveal());
        }
        properties.put("jdbc.schema-version", "V1");
        properties.put(CatalogProperties.URI, uri);
        properties.put(CatalogProperties.WAREHOUSE_LOCATION, location);
        JdbcClientPool connections = new JdbcClientPool(uri, properties);
        try {
            JdbcCatalog catalog = new JdbcCatalog(ignored -> files, ignored -> connections, true);
            catalog.initialize(config.name(), properties);
            return catalog;
        } catch (RuntimeException e) {
            connections.close(); // a catalog that could not be initialized does not
            throw e;
        }
    }

    private static Catalog rest(CatalogConfig config, FileIO files) {
        Map<String, String> properties = new HashMap<>();
        properties.put(CatalogProperties.URI, config.uri().toString());
        if (!config.password().reveal().isEmpty()) {
            properties.put("token", config.password().reveal());
        }
        RESTSessionCatalog catalog = new RESTSessionCatalog(
                settings -> HTTPClient.builder(settings)
                        .uri(settings.get(CatalogProperties.URI))
                        .build(),
                (context, settings) -> files);
        catalog.initialize(config.name(), properties);
        return catalog.asCatalog(SessionCatalog.SessionContext.createEmpty());
    }

    /** A table as it stands now, or empty when its workspace has had nothing for it yet. */
    public Optional<Table> find(String workspace, WarehouseTable table) {
        try {
            return Optional.of(catalog.loadTable(identifier(workspace, table)));
        } catch (NoSuchTableException e) {
            return Optional.empty();
        }
    }

    /** A table as it stands now; made when it is absent. */
    public Table table(String workspace, WarehouseTable table) {
        return find(workspace, table).map(found -> completed(found, table)).orElseGet(() -> create(workspace, table));
    }

    /** A table of an earlier version gets the columns that have come since; those with columns of properties never grow. */
    private static Table completed(Table found, WarehouseTable table) {
        List<NestedField> missing = table.schema().columns().stream()
                .filter(column -> found.schema().findField(column.fieldId()) == null)
                .toList();
        if (!missing.isEmpty()) {
            UpdateSchema update = found.updateSchema();
            missing.forEach(column -> update.addColumn(column.name(), column.type(), column.doc()));
            update.commit();
        }
        return found;
    }

    private Table create(String workspace, WarehouseTable table) {
        Namespace namespace = Namespace.of(workspace);
        if (catalog instanceof SupportsNamespaces namespaces && !namespaces.namespaceExists(namespace)) {
            try {
                namespaces.createNamespace(namespace);
            } catch (AlreadyExistsException e) {
                // another member was first
            }
        }
        try {
            return catalog.buildTable(identifier(workspace, table), table.schema())
                    .withPartitionSpec(table.spec())
                    .withSortOrder(table.order())
                    .withLocation(location + "/" + workspace + "/" + table.tableName())
                    .withProperties(table.properties())
                    .create();
        } catch (AlreadyExistsException e) {
            return catalog.loadTable(identifier(workspace, table)); // another member was first
        }
    }

    /** The workspaces that have tables. */
    public List<String> workspaces() {
        return catalog instanceof SupportsNamespaces namespaces
                ? namespaces.listNamespaces().stream()
                        .map(namespace -> namespace.level(0))
                        .toList()
                : List.of();
    }

    /** Reads and writes the files of the tables. */
    public FileIO files() {
        return files;
    }

    private static TableIdentifier identifier(String workspace, WarehouseTable table) {
        return TableIdentifier.of(workspace, table.tableName());
    }

    @Override
    public void close() {
        try {
            if (catalog instanceof Closeable closeable) {
                closeable.close();
            }
        } catch (IOException e) {
            throw new PlatformException(Problem.STORAGE_FAILED, "The catalog cannot be closed", e);
        } finally {
            files.close();
        }
    }
}
