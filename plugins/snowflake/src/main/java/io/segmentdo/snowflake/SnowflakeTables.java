package io.segmentdo.snowflake;

import io.segmentdo.api.DestinationContext;
import io.segmentdo.api.Settings;
import io.segmentdo.api.rows.ColumnType;
import io.segmentdo.api.rows.EventRows;
import io.segmentdo.api.rows.Insertion;
import io.segmentdo.api.rows.Row;
import io.segmentdo.api.rows.TableException;
import io.segmentdo.api.rows.TableStore;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * The tables of a schema. Names are upper case, so that they need no quotes in queries. Rows are merged by their ids: one
 * that is there already stays as it is. Confined to the connector's thread.
 */
final class SnowflakeTables implements TableStore {
    private static final String RECEIVED_AT = "received_at";

    private final Statements statements;
    private final DestinationContext context;
    private final String schema;

    SnowflakeTables(Settings settings, DestinationContext context) {
        this.statements = new Statements(settings, context);
        this.context = context;
        this.schema = settings.text("schema").toUpperCase(Locale.ROOT);
    }

    @Override
    public Map<String, ColumnType> columns(String table) throws TableException, IOException, InterruptedException {
        Answer answer = require(statements.run(
                "SELECT COLUMN_NAME, DATA_TYPE FROM INFORMATION_SCHEMA.COLUMNS WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ?"
                        + " ORDER BY ORDINAL_POSITION",
                List.of(schema, table.toUpperCase(Locale.ROOT))));
        Map<String, ColumnType> columns = new LinkedHashMap<>();
        for (List<String> row : statements.rows(answer)) {
            columns.put(row.get(0).toLowerCase(Locale.ROOT), type(row.get(1)));
        }
        return columns;
    }

    private static ColumnType type(String name) {
        return switch (name) {
            case "FLOAT", "NUMBER" -> ColumnType.NUMBER;
            case "BOOLEAN" -> ColumnType.FLAG;
            case "DATE", "TIMESTAMP_NTZ", "TIMESTAMP_LTZ", "TIMESTAMP_TZ" -> ColumnType.TIME;
            default -> ColumnType.TEXT;
        };
    }

    @Override
    public void create(String table, Map<String, ColumnType> columns)
            throws TableException, IOException, InterruptedException {
        String declared = columns.entrySet().stream()
                .map(column -> quoted(column.getKey()) + " " + name(column.getValue()))
                .collect(Collectors.joining(", "));
        require(statements.run("CREATE TABLE IF NOT EXISTS " + quoted(table) + " (" + declared + ")", List.of()));
    }

    @Override
    public void add(String table, Map<String, ColumnType> columns)
            throws TableException, IOException, InterruptedException {
        for (Map.Entry<String, ColumnType> column : columns.entrySet()) {
            require(statements.run(
                    "ALTER TABLE " + quoted(table) + " ADD COLUMN IF NOT EXISTS " + quoted(column.getKey()) + " "
                            + name(column.getValue()),
                    List.of()));
        }
    }

    @Override
    public Insertion insert(String table, Map<String, ColumnType> columns, List<Row> rows)
            throws IOException, InterruptedException {
        Map<String, Map<String, Object>> byId = new LinkedHashMap<>();
        Map<String, ColumnType> used = new LinkedHashMap<>(columns);
        Set<String> present = new HashSet<>();
        TreeSet<Instant> received = new TreeSet<>();
        for (Row row : rows) {
            Map<String, Object> values = row.plain();
            byId.putIfAbsent(row.id(), values);
            present.addAll(values.keySet());
            received.add(row.values().get(RECEIVED_AT) instanceof Instant time ? time : Instant.EPOCH);
        }
        used.keySet().retainAll(present);
        String json = new String(context.json().write(List.copyOf(byId.values())), StandardCharsets.UTF_8);
        return statements
                .run(
                        merge(table, used),
                        List.of(
                                json,
                                received.first().toString(),
                                received.last().toString()))
                .insertion();
    }

    /** Only what was received at the same time is looked at, which spares reading the whole table. */
    private static String merge(String table, Map<String, ColumnType> columns) {
        String values = columns.entrySet().stream()
                .map(column -> "V:\"%s\"::%s AS %s"
                        .formatted(column.getKey(), name(column.getValue()), quoted(column.getKey())))
                .collect(Collectors.joining(", "));
        String names = columns.keySet().stream().map(SnowflakeTables::quoted).collect(Collectors.joining(", "));
        String news = columns.keySet().stream().map(name -> "S." + quoted(name)).collect(Collectors.joining(", "));
        return """
                MERGE INTO %s T USING (SELECT %s FROM (SELECT VALUE AS V FROM TABLE(FLATTEN(INPUT => PARSE_JSON(?))))) S \
                ON T.%s = S.%s AND T.%s BETWEEN ?::TIMESTAMP_TZ AND ?::TIMESTAMP_TZ \
                WHEN NOT MATCHED THEN INSERT (%s) VALUES (%s)""".formatted(
                quoted(table), values, quoted(EventRows.ID), quoted(EventRows.ID), quoted(RECEIVED_AT), names, news);
    }

    private static Answer require(Answer answer) throws TableException {
        if (!answer.isSuccess()) {
            throw new TableException(answer.outcome());
        }
        return answer;
    }

    private static String name(ColumnType type) {
        return switch (type) {
            case TEXT -> "TEXT";
            case NUMBER -> "FLOAT";
            case FLAG -> "BOOLEAN";
            case TIME -> "TIMESTAMP_TZ";
        };
    }

    /** Names are letters, digits and underscores. */
    private static String quoted(String name) {
        return '"' + name.toUpperCase(Locale.ROOT) + '"';
    }
}
