package io.segmentdo.clickhouse;

import io.segmentdo.api.Delivery;
import io.segmentdo.api.DestinationContext;
import io.segmentdo.api.HttpRequest;
import io.segmentdo.api.HttpResponse;
import io.segmentdo.api.Settings;
import io.segmentdo.api.rows.ColumnType;
import io.segmentdo.api.rows.EventRows;
import io.segmentdo.api.rows.Insertion;
import io.segmentdo.api.rows.Row;
import io.segmentdo.api.rows.TableException;
import io.segmentdo.api.rows.TableStore;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.zip.GZIPOutputStream;

/** The tables of a database. Confined to the connector's thread. */
final class ClickHouseTables implements TableStore {
    private final Settings settings;
    private final DestinationContext context;
    private final String database;
    private final String onCluster;

    ClickHouseTables(Settings settings, DestinationContext context) {
        this.settings = settings;
        this.context = context;
        this.database = settings.text("database");
        this.onCluster = settings.findText("cluster")
                .map(cluster -> " ON CLUSTER " + quoted(cluster))
                .orElse("");
    }

    @Override
    public Map<String, ColumnType> columns(String table) throws TableException, IOException, InterruptedException {
        HttpResponse response = run(
                "SELECT name, type FROM system.columns WHERE database = {database:String} AND table = {table:String}"
                        + " FORMAT JSON",
                Map.of("param_database", database, "param_table", table));
        Map<String, ColumnType> columns = new LinkedHashMap<>();
        if (context.json().read(response.body()) instanceof Map<?, ?> answer
                && answer.get("data") instanceof List<?> rows) {
            for (Object row : rows) {
                if (row instanceof Map<?, ?> column) {
                    columns.put(String.valueOf(column.get("name")), Types.read(String.valueOf(column.get("type"))));
                }
            }
        }
        return columns;
    }

    @Override
    public void create(String table, Map<String, ColumnType> columns)
            throws TableException, IOException, InterruptedException {
        String declared = columns.entrySet().stream()
                .map(column -> declared(column.getKey(), column.getValue()))
                .collect(Collectors.joining(", "));
        run(
                "CREATE TABLE IF NOT EXISTS " + name(table) + onCluster + " (" + declared + ") ENGINE = "
                        + settings.text("engine") + " ORDER BY " + quoted(EventRows.ID),
                Map.of());
    }

    @Override
    public void add(String table, Map<String, ColumnType> columns)
            throws TableException, IOException, InterruptedException {
        String added = columns.entrySet().stream()
                .map(column -> "ADD COLUMN IF NOT EXISTS " + declared(column.getKey(), column.getValue()))
                .collect(Collectors.joining(", "));
        run("ALTER TABLE " + name(table) + onCluster + " " + added, Map.of());
    }

    private HttpResponse run(String sql, Map<String, String> parameters)
            throws TableException, IOException, InterruptedException {
        HttpResponse response =
                context.http().send(HttpRequest.of("POST", uri(parameters)).body(sql.getBytes(StandardCharsets.UTF_8)));
        Answer answer = Answer.of(response, context.clock().instant());
        if (answer.outcome() instanceof Delivery.Delivered) {
            return response;
        }
        throw new TableException(answer.outcome());
    }

    @Override
    public Insertion insert(String table, Map<String, ColumnType> columns, List<Row> rows)
            throws IOException, InterruptedException {
        Map<String, String> parameters = new LinkedHashMap<>();
        parameters.put("query", "INSERT INTO " + name(table) + " FORMAT JSONEachRow");
        parameters.put("insert_deduplication_token", Row.digest(rows));
        parameters.put("date_time_input_format", "best_effort");
        parameters.put("input_format_skip_unknown_fields", "0");
        parameters.put("wait_end_of_query", "1");
        if (settings.flag("asyncInsert")) {
            parameters.put("async_insert", "1");
            parameters.put("wait_for_async_insert", "1");
            parameters.put("async_insert_deduplicate", "1");
        }
        HttpResponse response = context.http()
                .send(HttpRequest.of("POST", uri(parameters))
                        .header("Content-Type", "application/x-ndjson")
                        .header("Content-Encoding", "gzip")
                        .body(lines(rows)));
        return Answer.of(response, context.clock().instant()).insertion();
    }

    private byte[] lines(List<Row> rows) throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(body)) {
            for (Row row : rows) {
                out.write(context.json().write(row.plain()));
                out.write('\n');
            }
        }
        return body.toByteArray();
    }

    private URI uri(Map<String, String> parameters) {
        Map<String, String> all = new LinkedHashMap<>();
        all.put("database", database);
        all.putAll(parameters);
        return URI.create(settings.text("url") + "/?"
                + all.entrySet().stream()
                        .map(one -> one.getKey() + "=" + URLEncoder.encode(one.getValue(), StandardCharsets.UTF_8))
                        .collect(Collectors.joining("&")));
    }

    private String name(String table) {
        return quoted(database) + "." + quoted(table);
    }

    private static String declared(String column, ColumnType type) {
        return quoted(column) + " " + (column.equals(EventRows.ID) ? "String" : Types.nullable(type));
    }

    /** Names are letters, digits, underscores and, of clusters, dashes. */
    private static String quoted(String name) {
        return "`" + name + "`";
    }
}
