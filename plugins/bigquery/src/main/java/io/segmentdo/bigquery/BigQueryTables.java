package io.segmentdo.bigquery;

import io.segmentdo.api.Delivery;
import io.segmentdo.api.DestinationContext;
import io.segmentdo.api.HttpRequest;
import io.segmentdo.api.HttpResponse;
import io.segmentdo.api.Settings;
import io.segmentdo.api.rows.ColumnType;
import io.segmentdo.api.rows.Insertion;
import io.segmentdo.api.rows.Row;
import io.segmentdo.api.rows.TableException;
import io.segmentdo.api.rows.TableStore;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The tables of a dataset. Confined to the connector's thread. */
final class BigQueryTables implements TableStore {
    private static final int INSERT_ID_CHARS_MAX = 128;
    private static final int NOT_FOUND = 404;
    private static final int CONFLICT = 409;

    private final Settings settings;
    private final DestinationContext context;
    private final String tables;

    BigQueryTables(Settings settings, DestinationContext context) {
        this.settings = settings;
        this.context = context;
        this.tables = "%s/bigquery/v2/projects/%s/datasets/%s/tables"
                .formatted(settings.text("endpoint"), settings.text("projectId"), settings.text("datasetId"));
    }

    @Override
    public Map<String, ColumnType> columns(String table) throws TableException, IOException, InterruptedException {
        HttpResponse response = send("GET", path(table) + "?fields=schema", Map.of());
        if (response.status() == NOT_FOUND) {
            return Map.of();
        }
        require(response);
        Map<String, ColumnType> columns = new LinkedHashMap<>();
        for (Object field : fields(response)) {
            if (field instanceof Map<?, ?> column) {
                columns.put(String.valueOf(column.get("name")).toLowerCase(Locale.ROOT), type(column.get("type")));
            }
        }
        return columns;
    }

    /** The columns as BigQuery describes them. */
    private List<?> fields(HttpResponse response) {
        return context.json().read(response.body()) instanceof Map<?, ?> table
                        && table.get("schema") instanceof Map<?, ?> schema
                        && schema.get("fields") instanceof List<?> fields
                ? fields
                : List.of();
    }

    private static ColumnType type(@Nullable Object name) {
        return switch (String.valueOf(name)) {
            case "FLOAT", "FLOAT64", "INTEGER", "INT64", "NUMERIC", "BIGNUMERIC" -> ColumnType.NUMBER;
            case "BOOLEAN", "BOOL" -> ColumnType.FLAG;
            case "TIMESTAMP", "DATETIME", "DATE" -> ColumnType.TIME;
            default -> ColumnType.TEXT;
        };
    }

    @Override
    public void create(String table, Map<String, ColumnType> columns)
            throws TableException, IOException, InterruptedException {
        Map<String, Object> wanted = new LinkedHashMap<>();
        wanted.put(
                "tableReference",
                Map.of(
                        "projectId", settings.text("projectId"),
                        "datasetId", settings.text("datasetId"),
                        "tableId", table));
        wanted.put("schema", Map.of("fields", declared(columns)));
        if (settings.flag("partitioned") && columns.containsKey("received_at")) {
            wanted.put("timePartitioning", Map.of("type", "DAY", "field", "received_at"));
        }
        HttpResponse response = send("POST", tables, wanted);
        if (response.status() != CONFLICT) {
            require(response);
        }
    }

    /** Adds to the columns that are there by then: BigQuery takes a schema as a whole. */
    @Override
    public void add(String table, Map<String, ColumnType> columns)
            throws TableException, IOException, InterruptedException {
        HttpResponse current = send("GET", path(table) + "?fields=schema,etag", Map.of());
        require(current);
        List<Object> fields = new ArrayList<>(fields(current));
        Map<String, ColumnType> missing = new LinkedHashMap<>(columns);
        fields.forEach(field -> missing.remove(
                field instanceof Map<?, ?> column
                        ? String.valueOf(column.get("name")).toLowerCase(Locale.ROOT)
                        : ""));
        fields.addAll(declared(missing));
        require(send("PATCH", path(table), Map.of("schema", Map.of("fields", fields))));
    }

    private static List<Object> declared(Map<String, ColumnType> columns) {
        List<Object> fields = new ArrayList<>();
        columns.forEach((name, type) -> fields.add(Map.of(
                "name",
                name,
                "type",
                switch (type) {
                    case TEXT -> "STRING";
                    case NUMBER -> "FLOAT";
                    case FLAG -> "BOOLEAN";
                    case TIME -> "TIMESTAMP";
                },
                "mode",
                "NULLABLE")));
        return fields;
    }

    @Override
    public Insertion insert(String table, Map<String, ColumnType> columns, List<Row> rows)
            throws IOException, InterruptedException {
        List<Object> all = new ArrayList<>(rows.size());
        for (Row row : rows) {
            String id = row.id().length() <= INSERT_ID_CHARS_MAX ? row.id() : Row.digest(List.of(row));
            all.add(Map.of("insertId", id, "json", row.plain()));
        }
        HttpResponse response = send(
                "POST",
                path(table) + "/insertAll",
                Map.of("skipInvalidRows", true, "ignoreUnknownValues", false, "rows", all));
        return Answers.insertion(response, rows.size(), context);
    }

    private String path(String table) {
        return tables + "/" + URLEncoder.encode(table, StandardCharsets.UTF_8);
    }

    private HttpResponse send(String method, String url, Map<String, Object> body)
            throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.of(method, URI.create(url));
        return context.http()
                .send(
                        method.equals("GET")
                                ? request
                                : request.header("Content-Type", "application/json")
                                        .body(context.json().write(body)));
    }

    private void require(HttpResponse response) throws TableException {
        Delivery outcome = Answers.classify(response, context);
        if (!(outcome instanceof Delivery.Delivered)) {
            throw new TableException(outcome);
        }
    }
}
