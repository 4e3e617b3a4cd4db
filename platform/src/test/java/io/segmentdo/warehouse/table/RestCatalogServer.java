package io.segmentdo.warehouse.table;

import com.fasterxml.jackson.annotation.JsonAutoDetect;
import com.fasterxml.jackson.annotation.PropertyAccessor;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.segmentdo.warehouse.files.LocalFiles;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.apache.iceberg.catalog.Namespace;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.exceptions.AlreadyExistsException;
import org.apache.iceberg.exceptions.CommitFailedException;
import org.apache.iceberg.exceptions.NoSuchNamespaceException;
import org.apache.iceberg.exceptions.NoSuchTableException;
import org.apache.iceberg.jdbc.JdbcCatalog;
import org.apache.iceberg.rest.CatalogHandlers;
import org.apache.iceberg.rest.RESTCatalogProperties.SnapshotMode;
import org.apache.iceberg.rest.RESTSerializers;
import org.apache.iceberg.rest.requests.CreateNamespaceRequest;
import org.apache.iceberg.rest.requests.CreateTableRequest;
import org.apache.iceberg.rest.requests.UpdateTableRequest;
import org.apache.iceberg.rest.responses.ConfigResponse;
import org.apache.iceberg.rest.responses.ErrorResponse;
import org.jspecify.annotations.Nullable;

/** An Iceberg REST catalog on a port of its own: Iceberg's own handlers of such requests, over a catalog in a file. */
public final class RestCatalogServer implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper()
            .setVisibility(PropertyAccessor.FIELD, JsonAutoDetect.Visibility.ANY)
            .setPropertyNamingStrategy(new PropertyNamingStrategies.KebabCaseStrategy())
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);

    static {
        RESTSerializers.registerAll(JSON);
    }

    private final JdbcCatalog catalog;
    private final String token;
    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    private RestCatalogServer(JdbcCatalog catalog, String token) throws IOException {
        this.catalog = catalog;
        this.token = token;
        this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    }

    /** Starts with an empty catalog; requests without the token are refused. */
    public static RestCatalogServer start(Path directory, String token) throws IOException {
        Files.createDirectories(directory);
        JdbcCatalog catalog = new JdbcCatalog(ignored -> new LocalFiles(), null, true);
        catalog.initialize(
                "rest",
                Map.of(
                        "uri",
                        "jdbc:sqlite:" + directory.resolve("catalog.db"),
                        "warehouse",
                        LocalFiles.location(directory),
                        "jdbc.schema-version",
                        "V1",
                        "jdbc.busy_timeout",
                        "10000"));
        RestCatalogServer started = new RestCatalogServer(catalog, token);
        started.server.createContext("/", started::handle);
        started.server.setExecutor(started.threads);
        started.server.start();
        return started;
    }

    /** Where it is. */
    public URI uri() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            try {
                if (!("Bearer " + token).equals(exchange.getRequestHeaders().getFirst("Authorization"))) {
                    refuse(exchange, 401, new IllegalStateException("no token"));
                    return;
                }
                send(exchange, 200, answer(exchange));
            } catch (NoSuchNamespaceException | NoSuchTableException e) {
                refuse(exchange, 404, e);
            } catch (AlreadyExistsException | CommitFailedException e) {
                refuse(exchange, 409, e);
            } catch (RuntimeException e) {
                refuse(exchange, 500, e);
            }
        }
    }

    private @Nullable Object answer(HttpExchange exchange) throws IOException {
        String[] path = exchange.getRequestURI().getPath().substring(1).split("/", -1);
        String asked = exchange.getRequestMethod() + " " + path.length;
        if (path[1].equals("config")) {
            return ConfigResponse.builder().build();
        }
        return switch (asked) {
            case "GET 2" -> CatalogHandlers.listNamespaces(catalog, Namespace.empty());
            case "POST 2" -> CatalogHandlers.createNamespace(catalog, read(exchange, CreateNamespaceRequest.class));
            case "GET 3", "HEAD 3" -> CatalogHandlers.loadNamespace(catalog, Namespace.of(path[2]));
            case "POST 4" ->
                CatalogHandlers.createTable(catalog, Namespace.of(path[2]), read(exchange, CreateTableRequest.class));
            case "GET 5", "HEAD 5" -> CatalogHandlers.loadTable(catalog, table(path), SnapshotMode.ALL);
            case "POST 5" ->
                CatalogHandlers.updateTable(catalog, table(path), read(exchange, UpdateTableRequest.class));
            case "POST 6" -> null; // what scans have measured
            default -> throw new IllegalArgumentException(asked + " " + exchange.getRequestURI());
        };
    }

    private static TableIdentifier table(String[] path) {
        return TableIdentifier.of(path[2], path[4]);
    }

    private static <T> T read(HttpExchange exchange, Class<T> type) throws IOException {
        return JSON.readValue(exchange.getRequestBody(), type);
    }

    private static void refuse(HttpExchange exchange, int status, RuntimeException e) throws IOException {
        send(
                exchange,
                status,
                ErrorResponse.builder()
                        .responseCode(status)
                        .withType(e.getClass().getSimpleName())
                        .withMessage(String.valueOf(e.getMessage()))
                        .build());
    }

    private static void send(HttpExchange exchange, int status, @Nullable Object body) throws IOException {
        if (body == null || exchange.getRequestMethod().equals("HEAD")) {
            exchange.sendResponseHeaders(body == null ? 204 : status, -1);
            return;
        }
        byte[] bytes = JSON.writeValueAsBytes(body);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
    }

    @Override
    public void close() {
        server.stop(0);
        threads.close();
        catalog.close();
    }
}
