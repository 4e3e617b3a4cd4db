package io.segmentdo.storage;

import static io.segmentdo.storage.StorageEvents.json;
import static io.segmentdo.storage.StorageEvents.object;
import static io.segmentdo.storage.StorageEvents.text;

import io.segmentdo.testkit.RecordingSink;
import io.segmentdo.testkit.TestResponse;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;

/** Answers the statements of these tests as ClickHouse 26.5 did when it was asked. Safe for concurrent use. */
final class ClickHouseStub implements AutoCloseable {
    private static final Pattern NAME = Pattern.compile("`default`\\.`([^`]+)`");
    private static final Pattern COLUMN = Pattern.compile("`([^`]+)` (String|Nullable\\((?:[^()]|\\([^)]*\\))*\\))");
    private static final Pattern DROPPED = Pattern.compile("DROP COLUMN `([^`]+)`");

    private record Table(Map<String, String> columns, Map<String, Map<String, Object>> rows, Set<String> tokens) {}

    private final RecordingSink sink = RecordingSink.start();
    private final Map<String, Table> tables = new TreeMap<>();

    ClickHouseStub() {
        sink.answer(this::answer);
    }

    String url() {
        return sink.url().toString().replaceAll("/$", "");
    }

    private synchronized TestResponse answer(RecordingSink.Received request) {
        Map<String, String> query = query(request.path());
        String sql = query.getOrDefault("query", "");
        byte[] body =
                "gzip".equals(request.headers().get("Content-Encoding")) ? unzipped(request.body()) : request.body();
        if (sql.startsWith("INSERT")) {
            return insert(name(sql), query.get("insert_deduplication_token"), text(body));
        }
        return answer(sql.isEmpty() ? text(body) : sql, query);
    }

    private TestResponse answer(String sql, Map<String, String> query) {
        switch (sql.substring(0, Math.min(14, sql.length()))) {
            case "SELECT 1" -> {
                return ok("1\n");
            }
            case "SELECT name, t" -> {
                List<Map<String, String>> columns = new ArrayList<>();
                Table table = tables.get(query.get("param_table"));
                if (table != null) {
                    table.columns().forEach((name, type) -> columns.add(Map.of("name", name, "type", type)));
                }
                return ok(json(Map.of("data", columns)));
            }
            case "SELECT name FR" -> {
                return ok(json(Map.of(
                        "data",
                        tables.keySet().stream()
                                .map(name -> Map.of("name", name))
                                .toList())));
            }
            case "SELECT * FROM " -> {
                StringBuilder lines = new StringBuilder();
                tables.get(name(sql))
                        .rows()
                        .values()
                        .forEach(row -> lines.append(json(row)).append('\n'));
                return ok(lines.toString());
            }
            case "DROP TABLE IF " -> tables.remove(name(sql));
            case "CREATE TABLE I" ->
                tables.computeIfAbsent(name(sql), name -> new Table(columns(sql), new TreeMap<>(), new HashSet<>()));
            default -> alter(sql, query);
        }
        return ok("");
    }

    private void alter(String sql, Map<String, String> query) {
        Matcher dropped = DROPPED.matcher(sql);
        if (sql.contains("{table:Identifier} DELETE")) {
            tables.get(query.get("param_table"))
                    .rows()
                    .values()
                    .removeIf(row -> query.get("param_user").equals(row.get("user_id")));
        } else if (dropped.find()) {
            tables.get(name(sql)).columns().remove(dropped.group(1));
        } else {
            tables.get(name(sql)).columns().putAll(columns(sql));
        }
    }

    private TestResponse insert(String name, String token, String lines) {
        Table table = tables.get(name);
        if (table == null) {
            return failed(404, "Code: 60. DB::Exception: Table default." + name + " does not exist. (UNKNOWN_TABLE)");
        }
        List<Map<?, ?>> rows = lines.lines()
                .<Map<?, ?>>map(line -> object(line.getBytes(StandardCharsets.UTF_8)))
                .toList();
        for (Map<?, ?> row : rows) {
            for (Map.Entry<?, ?> value : row.entrySet()) {
                String type = table.columns().get(String.valueOf(value.getKey()));
                if (type == null) {
                    return failed(
                            400,
                            "Code: 117. DB::Exception: Unknown field found while parsing JSONEachRow format: "
                                    + value.getKey() + ": (at row 1)\n. (INCORRECT_DATA)");
                }
                if (type.contains("Int8") && value.getValue() instanceof Double) {
                    return failed(
                            400,
                            "Code: 27. DB::Exception: Cannot parse input: expected ',' before: '.5}': (at row 1). (CANNOT_PARSE_INPUT_ASSERTION_FAILED)");
                }
            }
        }
        if (table.tokens().add(token)) {
            rows.forEach(row -> table.rows().put(String.valueOf(row.get("id")), copy(row)));
        }
        return ok("");
    }

    private static Map<String, Object> copy(Map<?, ?> row) {
        Map<String, Object> copy = new LinkedHashMap<>();
        row.forEach((name, value) -> copy.put(String.valueOf(name), value));
        return copy;
    }

    private static Map<String, String> columns(String sql) {
        Map<String, String> columns = new LinkedHashMap<>();
        COLUMN.matcher(sql).results().forEach(found -> columns.put(found.group(1), found.group(2)));
        return columns;
    }

    private static String name(String sql) {
        Matcher matcher = NAME.matcher(sql);
        return matcher.find() ? matcher.group(1) : "";
    }

    private static Map<String, String> query(String path) {
        Map<String, String> query = new LinkedHashMap<>();
        for (String pair : path.substring(path.indexOf('?') + 1).split("&", -1)) {
            String[] parts = pair.split("=", 2);
            query.put(parts[0], parts.length < 2 ? "" : URLDecoder.decode(parts[1], StandardCharsets.UTF_8));
        }
        return query;
    }

    private static byte[] unzipped(byte[] body) {
        try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(body))) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static TestResponse ok(String body) {
        return TestResponse.of(200).body(body);
    }

    private static TestResponse failed(int status, String message) {
        return TestResponse.of(status).body(message);
    }

    @Override
    public void close() {
        sink.close();
    }
}
