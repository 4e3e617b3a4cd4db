package io.segmentdo.warehouse.query;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.segmentdo.api.rows.ColumnName;
import io.segmentdo.warehouse.engine.Dataset;
import io.segmentdo.warehouse.engine.Engine;
import io.segmentdo.warehouse.engine.Head;
import io.segmentdo.warehouse.engine.Limits;
import io.segmentdo.warehouse.engine.ResultForm;
import io.segmentdo.warehouse.engine.RowSink;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * What the events of one workspace are called, and their properties that have no column: looked for when a query uses a
 * name that nothing else explains, in those files only that were not looked through before.
 *
 * <p>Safe for concurrent use; one caller looks at a time.
 */
final class Names {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int NAMES_MAX = 100_000;

    private static final String EVENTS_SQL =
            "SELECT DISTINCT event FROM \"raw events\" WHERE type = 'track' AND event IS NOT NULL";

    private static final String MEMBERS_SQL = """
            SELECT member, list(DISTINCT kind) AS kinds FROM (
              SELECT member, json_type(properties, '$."' || replace(member, '"', '\\"') || '"') AS kind FROM (
                SELECT properties, unnest(json_keys(properties)) AS member FROM "raw events" WHERE properties IS NOT NULL))
            WHERE kind IS NOT NULL AND kind <> 'NULL' GROUP BY member""";

    private final String workspace;

    // guarded by this
    private final Set<String> filesOfEvents = new HashSet<>();
    private final Set<String> filesOfMembers = new HashSet<>();
    private final Map<String, Set<String>> events = new HashMap<>();
    private final Map<String, ComputedColumn> members = new HashMap<>();

    Names(String workspace) {
        this.workspace = workspace;
    }

    /** The events that a view of this name shows; empty when there are none. */
    synchronized Set<String> events(String view, Engine engine, Dataset.Table table, Limits limits) {
        Set<String> known = events.get(view);
        if (known == null) {
            look(engine, table, limits, filesOfEvents, EVENTS_SQL, row -> {
                String event = row.path("event").asText();
                ColumnName.of(event)
                        .ifPresent(name -> events.computeIfAbsent(name, n -> new TreeSet<>())
                                .add(event));
            });
            known = events.getOrDefault(view, Set.of());
        }
        return Set.copyOf(known);
    }

    /** The property that a column of this name would show. */
    synchronized Optional<ComputedColumn> property(String column, Engine engine, Dataset.Table table, Limits limits) {
        if (!members.containsKey(column)) {
            look(engine, table, limits, filesOfMembers, MEMBERS_SQL, row -> {
                String member = row.path("member").asText();
                ColumnName.of(member)
                        .ifPresent(name ->
                                members.merge(name, new ComputedColumn(name, member, kinds(row)), Names::united));
            });
        }
        return Optional.ofNullable(members.get(column));
    }

    /** What is known about a property without looking. */
    synchronized Optional<ComputedColumn> knownProperty(String column) {
        return Optional.ofNullable(members.get(column));
    }

    private static Set<String> kinds(JsonNode row) {
        Set<String> kinds = new HashSet<>();
        row.path("kinds").forEach(kind -> kinds.add(kind.asText()));
        return kinds;
    }

    private static ComputedColumn united(ComputedColumn known, ComputedColumn more) {
        Set<String> types = new HashSet<>(known.types());
        types.addAll(more.types());
        return new ComputedColumn(known.name(), known.member(), types);
    }

    private void look(
            Engine engine, Dataset.Table table, Limits limits, Set<String> seen, String sql, Consumer<JsonNode> found) {
        List<String> unseen =
                table.files().stream().filter(file -> !seen.contains(file)).toList();
        if (unseen.isEmpty()) {
            return;
        }
        Dataset part = new Dataset(
                workspace,
                table.files(),
                List.of(),
                List.of(new Dataset.Table(table.name(), table.columns(), unseen)),
                List.of());
        Lines lines = new Lines();
        engine.run(sql, part, ResultForm.NDJSON, limits.rows(NAMES_MAX), lines);
        lines.rows().forEach(found);
        seen.addAll(unseen);
    }

    /** Rows in memory. */
    private static final class Lines implements RowSink {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

        @Override
        public void head(Head head) {
            // the members of the rows have names
        }

        @Override
        public void data(byte[] piece) {
            bytes.writeBytes(piece);
        }

        List<JsonNode> rows() {
            return bytes.toString(StandardCharsets.UTF_8)
                    .lines()
                    .map(Lines::parse)
                    .toList();
        }

        private static JsonNode parse(String line) {
            try {
                return JSON.readTree(line);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
