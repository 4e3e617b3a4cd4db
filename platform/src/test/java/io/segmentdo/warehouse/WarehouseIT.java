package io.segmentdo.warehouse;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.segmentdo.event.Event;
import io.segmentdo.event.EventType;
import io.segmentdo.event.ProfileFact;
import io.segmentdo.warehouse.load.Conflicts.Conflict;
import io.segmentdo.warehouse.table.ColumnType;
import io.segmentdo.warehouse.table.PromotedColumn;
import io.segmentdo.warehouse.table.WarehouseTable;
import java.nio.file.Path;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.iceberg.data.Record;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WarehouseIT {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    Path home;

    @Test
    void anEventIsInItsTableWithAllItsMembers() throws Exception {
        try (WarehouseNode node = new WarehouseNode(home, WarehouseNode.quick())) {
            String json = """
                    {"type":"page","name":"Home","category":"Docs","messageId":"m1","userId":"u1","channel":"browser",\
                    "properties":{"title":"Hi","depth":3},"traits":{"plan":"free"},"integrations":{"All":true},\
                    "context":{"ip":"1.2.3.4","userAgent":"UA","page":{"url":"https://x/","path":"/"},"own":[1,{"b":2}]},\
                    "originalTimestamp":"2026-11-20T11:59:59.999+01:00","sentAt":"yesterday","_metadata":{"x":[]},"version":2}\
                    """;
            node.add(1, List.of(WarehouseNode.event("m1", EventType.PAGE, json)));
            node.awaitLoaded();

            Record row = only(node.rows(WarehouseTable.EVENTS));

            assertThat(row.getField("message_id")).isEqualTo("m1");
            assertThat(row.getField("type")).isEqualTo("page");
            assertThat(row.getField("name")).isEqualTo("Home");
            assertThat(row.getField("category")).isEqualTo("Docs");
            assertThat(row.getField("profile_id")).isEqualTo("p-u1");
            assertThat(row.getField("source")).isEqualTo("web");
            assertThat(row.getField("timestamp")).isEqualTo(WarehouseNode.NOON.atOffset(ZoneOffset.UTC));
            assertThat(row.getField("original_timestamp")).isEqualTo(OffsetDateTime.parse("2026-11-20T10:59:59.999Z"));
            assertThat(row.getField("context_page_url")).isEqualTo("https://x/");
            assertThat(row.getField("context_user_agent")).isEqualTo("UA");
            assertThat(row.getField("title")).isEqualTo("Hi");
            assertThat(row.getField("depth")).isEqualTo(3.0);
            assertThat(row.getField("properties")).isEqualTo("{\"title\":\"Hi\",\"depth\":3}");
            assertThat(row.getField("traits")).isEqualTo("{\"plan\":\"free\"}");
            assertThat(row.getField("integrations")).isEqualTo("{\"All\":true}");
            assertThat((String) row.getField("context")).endsWith("\"own\":[1,{\"b\":2}]}");
            assertThat(row.getField("extra"))
                    .isEqualTo("{\"sentAt\":\"yesterday\",\"_metadata\":{\"x\":[]},\"version\":2}");
        }
    }

    @Test
    void whatWasLoadedIsNotLoadedAgainAfterARestart() throws Exception {
        try (WarehouseNode node = new WarehouseNode(home, WarehouseNode.quick())) {
            node.add(0, tracks(0, 100));
            node.awaitLoaded();
        }
        try (WarehouseNode node = new WarehouseNode(home, WarehouseNode.quick())) {
            node.add(0, tracks(100, 150));
            node.add(3, tracks(150, 200));
            node.awaitLoaded();

            assertEachOnce(node, 200);
        }
    }

    @Test
    void aCursorThatLagsBehindTheTableRepeatsNothing() throws Exception {
        try (WarehouseNode node = new WarehouseNode(home, WarehouseNode.quick())) {
            node.add(0, tracks(0, 100));
            node.awaitLoaded();
            io.segmentdo.store.Changes back = new io.segmentdo.store.Changes(0, 1);
            back.delete(
                    io.segmentdo.store.Keyspace.CURSOR, "warehouse".getBytes(java.nio.charset.StandardCharsets.UTF_8));
            node.store.commit(List.of(back));
        }
        try (WarehouseNode node = new WarehouseNode(home, WarehouseNode.quick())) {
            node.add(0, tracks(100, 101));
            node.awaitLoaded();

            assertEachOnce(node, 101);
        }
    }

    @Test
    void valuesOfAllKindsAreKeptAndWhatDoesNotFitIsReported() throws Exception {
        List<String> properties = List.of(
                "{\"v\":1}",
                "{\"v\":2.5}",
                "{\"v\":\"text\"}",
                "{\"v\":{\"deep\":[1,{\"er\":null}]}}",
                "{\"v\":null}",
                "{\"v\":\"NaN\"}",
                "{\"v\":1e400}",
                "{\"v\":123456789012345678901234567890}",
                "{\"v\":9007199254740993}",
                "{\"v\":true}",
                "{\"when\":\"2026-11-20T12:00:00+02:00\",\"id\":9007199254740993}",
                "{\"when\":20261120,\"id\":17}",
                "{\"id\":0.5}");
        try (WarehouseNode node = new WarehouseNode(home, WarehouseNode.quick())) {
            for (int i = 0; i < properties.size(); i++) {
                node.add(i % 3, List.of(WarehouseNode.track("m" + i, properties.get(i))));
                node.awaitLoaded();
            }

            Map<String, Record> rows = byMessageId(node);
            for (int i = 0; i < properties.size(); i++) {
                assertThat(rows.get("m" + i).getField("properties")).isEqualTo(properties.get(i));
            }
            assertThat(rows.get("m0").getField("v")).isEqualTo(1.0);
            assertThat(rows.get("m1").getField("v")).isEqualTo(2.5);
            assertThat(IntStream.rangeClosed(2, 9)
                            .mapToObj(i -> rows.get("m" + i).getField("v")))
                    .containsOnlyNulls();
            assertThat(rows.get("m10").getField("id")).isEqualTo(9007199254740993L);
            assertThat(rows.get("m11").getField("id")).isEqualTo(17L);
            assertThat(rows.get("m12").getField("id")).isNull();
            assertThat(rows.get("m10").getField("when")).isEqualTo("2026-11-20T12:00:00+02:00");
            assertThat(rows.get("m11").getField("when")).isEqualTo("20261120");
            assertThat(node.warehouse.conflicts())
                    .contains(
                            new Conflict("shop", "v", "v", "double", "number", 3),
                            new Conflict("shop", "v", "v", "double", "string", 2),
                            new Conflict("shop", "v", "v", "double", "object", 1),
                            new Conflict("shop", "v", "v", "double", "boolean", 1),
                            new Conflict("shop", "when", "when", "string", "number", 1),
                            new Conflict("shop", "id", "id", "long", "number", 1));
        }
    }

    @Test
    void textIsTheSameWithEscapesAndWithout() throws Exception {
        List<String> texts = List.of("plain", "", "Zoë \uD83D\uDE00", "a\\\"b\\\\", "caf\\u00e9\\n", "ends with \\\\");
        try (WarehouseNode node = new WarehouseNode(home, WarehouseNode.quick())) {
            List<Event> events = new ArrayList<>();
            for (int i = 0; i < texts.size(); i++) {
                String text = "\"" + texts.get(i) + "\"";
                events.add(WarehouseNode.event(
                        "m" + i,
                        EventType.PAGE,
                        "{\"name\":" + text + ",\"properties\":{\"own\":" + text + "},\"context\":{\"locale\":" + text
                                + "}}"));
            }
            node.add(0, events);
            node.awaitLoaded();

            Map<String, Record> rows = byMessageId(node);
            for (int i = 0; i < texts.size(); i++) {
                String text = texts.get(i).replace("\\u00e9", "é").translateEscapes();
                for (String column : List.of("name", "own", "context_locale")) {
                    assertThat(rows.get("m" + i).getField(column)).as(column).isEqualTo(text);
                }
            }
        }
    }

    @Test
    void tenThousandPropertiesBecomeColumnsUpToTheLimitAndAreAllKept() throws Exception {
        try (WarehouseNode node = new WarehouseNode(home, WarehouseNode.with(Duration.ofMillis(100), 40))) {
            List<Event> events = new ArrayList<>();
            for (int i = 0; i < 1_000; i++) {
                StringBuilder properties = new StringBuilder("{");
                for (int j = 0; j < 10; j++) {
                    properties
                            .append(j == 0 ? "" : ",")
                            .append("\"p")
                            .append(i * 10 + j)
                            .append("\":")
                            .append(i);
                }
                events.add(WarehouseNode.track("m" + i, properties.append('}').toString()));
            }
            node.add(0, events.subList(0, 3));
            node.awaitLoaded();
            node.add(0, events.subList(3, 1_000));
            node.awaitLoaded();

            List<PromotedColumn> columns = WarehouseTable.EVENTS.promotedColumns(
                    node.table(WarehouseTable.EVENTS).schema());
            assertThat(columns).hasSize(40).allMatch(column -> column.type() == ColumnType.DOUBLE);
            Map<String, Record> rows = byMessageId(node);
            assertThat(rows).hasSize(1_000);
            assertThat(rows.get("m2").getField("p25")).isEqualTo(2.0);
            JsonNode last = JSON.readTree((String) rows.get("m999").getField("properties"));
            assertThat(last.get("p9999").intValue()).isEqualTo(999);
        }
    }

    @Test
    void deepNestingAndManyDaysAreKept() throws Exception {
        String deep = "{\"a\":".repeat(200) + "1" + "}".repeat(200);
        try (WarehouseNode node = new WarehouseNode(home, WarehouseNode.quick())) {
            List<Event> events = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
                Event event = WarehouseNode.track("m" + i, deep);
                events.add(new Event(
                        event.type(),
                        event.workspace(),
                        event.source(),
                        event.messageId(),
                        event.userId(),
                        null,
                        null,
                        null,
                        event.timestampMillis() - i * 86_400_000L * 400,
                        event.receivedAtMillis(),
                        event.json()));
            }
            node.add(0, events);
            node.awaitLoaded();

            assertThat(node.rows(WarehouseTable.EVENTS))
                    .hasSize(40)
                    .allMatch(row -> deep.equals(row.getField("properties")));
        }
    }

    @Test
    void mergesAreATableOfTheirOwn() throws Exception {
        try (WarehouseNode node = new WarehouseNode(home, WarehouseNode.quick())) {
            node.add(2, ProfileFact.Kind.CREATED, "p-new", null);
            node.add(2, ProfileFact.Kind.MERGED, "p-kept", "p-gone");
            node.awaitLoaded();

            Record fact = only(node.rows(WarehouseTable.PROFILE_MERGES));

            assertThat(fact.getField("kind")).isEqualTo("merged");
            assertThat(fact.getField("profile_id")).isEqualTo("p-kept");
            assertThat(fact.getField("other_id")).isEqualTo("p-gone");
            assertThat(fact.getField("ledger_fact")).isEqualTo(2L);
        }
    }

    @Test
    void usersAndGroupsHaveTheLastTraitsOfThePersonTheyAreKnownAs() throws Exception {
        try (WarehouseNode node = new WarehouseNode(home, WarehouseNode.quick())) {
            node.add(
                    0,
                    List.of(
                            said("late", EventType.IDENTIFY, "p-anon", null, 30, "{\"plan\":\"pro\",\"gone\":1}"),
                            said("early", EventType.IDENTIFY, "p-anon", null, 10, "{\"plan\":\"free\",\"age\":7}")));
            node.awaitLoaded();
            node.add(
                    1,
                    List.of(
                            said("other", EventType.IDENTIFY, "p-user", null, 20, "{\"plan\":\"x\",\"name\":\"Ann\"}"),
                            said("unset", EventType.IDENTIFY, "p-user", null, 40, "{\"gone\":null}"),
                            said("group", EventType.GROUP, "p-user", "acme", 20, "{\"seats\":3}"),
                            said("more", EventType.GROUP, "p-user", "acme", 30, "{\"seats\":5}")));
            node.add(1, ProfileFact.Kind.MERGED, "p-p-user", "p-p-anon");
            node.awaitLoaded();
            node.add(2, List.of(said("stray", EventType.IDENTIFY, "p-anon", null, 35, "{\"age\":8}")));
            node.awaitLoaded();

            Record user = only(node.rows(WarehouseTable.USERS));
            assertThat(user.getField("profile_id")).isEqualTo("p-p-user");
            assertThat(user.getField("plan")).isEqualTo("pro");
            assertThat(user.getField("age")).isEqualTo(8.0);
            assertThat(user.getField("name")).isEqualTo("Ann");
            assertThat(user.getField("gone")).isNull();
            assertThat(user.getField("traits")).isEqualTo("{\"age\":8,\"name\":\"Ann\",\"plan\":\"pro\"}");
            Record group = only(node.rows(WarehouseTable.GROUPS));
            assertThat(group.getField("group_id")).isEqualTo("acme");
            assertThat(group.getField("seats")).isEqualTo(5.0);

            node.add(2, ProfileFact.Kind.DELETED, "p-p-user", null);
            node.awaitLoaded();
            assertThat(node.rows(WarehouseTable.USERS)).isEmpty();
        }
    }

    @Test
    void aPartThatIsTakenOutHasItsTraitsBackWhateverComesFirst() throws Exception {
        try (WarehouseNode node = new WarehouseNode(home, WarehouseNode.quick())) {
            node.add(0, List.of(said("one", EventType.IDENTIFY, "part", null, 10, "{\"plan\":\"free\"}")));
            node.add(1, List.of(said("two", EventType.IDENTIFY, "whole", null, 20, "{\"plan\":\"pro\",\"age\":7}")));
            node.add(1, ProfileFact.Kind.MERGED, "p-whole", "p-part", 1, null);
            node.awaitLoaded();

            node.add(1, ProfileFact.Kind.RECOMPUTED, "p-whole", null, 2, snapshot("u2", "\"pro\"", 20));
            node.add(0, ProfileFact.Kind.UNMERGED, "p-part", "p-whole", 2, snapshot("u1", "\"free\"", 10));
            node.awaitLoaded();
            node.add(2, ProfileFact.Kind.MERGED, "p-whole", "p-part", 1, null); // late
            node.add(0, List.of(said("three", EventType.IDENTIFY, "part", null, 30, "{\"plan\":\"gold\"}")));
            node.awaitLoaded();

            assertThat(traitsById(node))
                    .containsOnly(
                            Map.entry("p-whole", "{\"plan\":\"pro\"}"), Map.entry("p-part", "{\"plan\":\"gold\"}"));
            assertThat(node.rows(WarehouseTable.PROFILE_MERGES))
                    .extracting(row -> row.getField("kind"))
                    .containsExactlyInAnyOrder("merged", "unmerged", "merged");
        }
    }

    @Test
    void whatIsLateFindsItsProfileAlsoAfterARestart() throws Exception {
        try (WarehouseNode node = new WarehouseNode(home, WarehouseNode.quick())) {
            node.add(0, List.of(said("one", EventType.IDENTIFY, "gone", null, 10, "{\"plan\":\"free\"}")));
            node.add(1, List.of(said("two", EventType.IDENTIFY, "kept", null, 20, "{\"plan\":\"pro\"}")));
            node.add(0, List.of(said("three", EventType.IDENTIFY, "part", null, 10, "{\"plan\":\"part\"}")));
            node.add(1, ProfileFact.Kind.MERGED, "p-kept", "p-gone", 1, null);
            node.add(1, ProfileFact.Kind.MERGED, "p-last", "p-kept", 2, null);
            node.add(0, ProfileFact.Kind.UNMERGED, "p-part", "p-last", 4, snapshot("u1", "\"part\"", 10));
            node.awaitLoaded();
        }
        try (WarehouseNode node = new WarehouseNode(home, WarehouseNode.quick())) {
            node.add(2, ProfileFact.Kind.MERGED, "p-last", "p-part", 3, null);
            node.add(2, List.of(said("four", EventType.IDENTIFY, "gone", null, 30, "{\"age\":7}")));
            node.awaitLoaded();

            assertThat(traitsById(node))
                    .containsOnly(
                            Map.entry("p-last", "{\"age\":7,\"plan\":\"pro\"}"),
                            Map.entry("p-part", "{\"plan\":\"part\"}"));
        }
    }

    @Test
    void whoWasDeletedDoesNotComeBackByWhatIsLateAlsoAfterARestart() throws Exception {
        try (WarehouseNode node = new WarehouseNode(home, WarehouseNode.quick())) {
            node.add(0, List.of(said("one", EventType.IDENTIFY, "part", null, 10, "{\"plan\":\"free\"}")));
            node.add(1, List.of(said("two", EventType.IDENTIFY, "gone", null, 20, "{\"plan\":\"pro\"}")));
            node.add(1, ProfileFact.Kind.MERGED, "p-gone", "p-part", 1, null);
            node.add(1, ProfileFact.Kind.DELETED, "p-gone", null, 2, null);
            node.awaitLoaded();
            node.add(2, List.of(said("three", EventType.IDENTIFY, "part", null, 30, "{\"age\":7}")));
            node.awaitLoaded();

            assertThat(traitsById(node)).isEmpty();
        }
        try (WarehouseNode node = new WarehouseNode(home, WarehouseNode.quick())) {
            node.add(2, List.of(said("four", EventType.IDENTIFY, "part", null, 40, "{\"age\":8}")));
            node.add(3, ProfileFact.Kind.MERGED, "p-part", "p-before", 0, null);
            node.add(3, List.of(said("five", EventType.IDENTIFY, "before", null, 50, "{\"age\":9}")));
            node.add(1, List.of(said("six", EventType.IDENTIFY, "new", null, 60, "{\"age\":1}")));
            node.awaitLoaded();

            assertThat(traitsById(node)).containsOnly(Map.entry("p-new", "{\"age\":1}"));
        }
    }

    @Test
    void whoWantsWhatIsThereNowDoesNotWaitForTheTimeOfTheTableOfUsers() throws Exception {
        try (WarehouseNode node = new WarehouseNode(home, WarehouseNode.with(Duration.ofHours(1), 10))) {
            for (int age = 1; age <= 2; age++) {
                node.add(0, List.of(said("m" + age, EventType.IDENTIFY, "u", null, age, "{\"age\":" + age + "}")));

                assertThat(node.warehouse.catchUp(Duration.ofMinutes(5))).isTrue();
                assertThat(traitsById(node)).containsOnly(Map.entry("p-u", "{\"age\":" + age + "}"));
            }
        }
    }

    @Test
    void mergesOfMergedProfilesMayBecomeKnownInAnyOrder() throws Exception {
        try (WarehouseNode node = new WarehouseNode(home, WarehouseNode.quick())) {
            node.add(0, List.of(said("one", EventType.IDENTIFY, "first", null, 10, "{\"a\":1}")));
            node.add(0, List.of(said("two", EventType.IDENTIFY, "second", null, 20, "{\"b\":2}")));
            node.add(0, List.of(said("three", EventType.IDENTIFY, "third", null, 30, "{\"c\":3}")));
            node.add(1, ProfileFact.Kind.MERGED, "p-third", "p-second", 2, null);
            node.add(1, ProfileFact.Kind.MERGED, "p-second", "p-first", 1, null);
            node.awaitLoaded();

            assertThat(traitsById(node)).containsOnly(Map.entry("p-third", "{\"a\":1,\"b\":2,\"c\":3}"));
        }
    }

    private static Map<Object, Object> traitsById(WarehouseNode node) throws Exception {
        Map<Object, Object> traits = new HashMap<>();
        node.rows(WarehouseTable.USERS).forEach(row -> traits.put(row.getField("profile_id"), row.getField("traits")));
        return traits;
    }

    private static String snapshot(String userId, String plan, int seconds) {
        long at = WarehouseNode.NOON.toEpochMilli() - 100_000 + seconds * 1000L;
        return "{\"userId\":\"" + userId + "\",\"firstSeen\":" + at + ",\"lastSeen\":" + at
                + ",\"traits\":{\"plan\":{\"value\":" + plan + ",\"at\":" + at + ",\"tie\":1}}}";
    }

    private static Event said(
            String messageId, EventType type, String userId, String groupId, int seconds, String traits) {
        long at = WarehouseNode.NOON.toEpochMilli() - 100_000 + seconds * 1000L;
        String json = "{\"type\":\"" + type.wireName() + "\",\"traits\":" + traits + "}";
        return new Event(
                type,
                WarehouseNode.WORKSPACE,
                "web",
                messageId,
                userId,
                null,
                groupId,
                null,
                at,
                WarehouseNode.NOON.toEpochMilli(),
                io.segmentdo.event.Utf8Json.of(json));
    }

    private static Record only(List<Record> rows) {
        assertThat(rows).hasSize(1);
        return rows.getFirst();
    }

    private static List<Event> tracks(int from, int to) {
        return IntStream.range(from, to)
                .mapToObj(i -> WarehouseNode.track("m" + i, "{\"revenue\":" + i + "}"))
                .toList();
    }

    private static Map<String, Record> byMessageId(WarehouseNode node) throws Exception {
        Map<String, Record> rows = new HashMap<>();
        for (Record row : node.rows(WarehouseTable.EVENTS)) {
            assertThat(rows.put((String) row.getField("message_id"), row)).isNull();
        }
        return rows;
    }

    private static void assertEachOnce(WarehouseNode node, int count) throws Exception {
        assertThat(node.rows(WarehouseTable.EVENTS).stream().map(row -> (String) row.getField("message_id")))
                .containsExactlyInAnyOrderElementsOf(
                        IntStream.range(0, count).mapToObj(i -> "m" + i).toList());
    }
}
