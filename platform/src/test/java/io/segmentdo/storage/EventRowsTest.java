package io.segmentdo.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.segmentdo.api.rows.EventRows;
import io.segmentdo.api.rows.Row;
import io.segmentdo.testkit.TestContext;
import io.segmentdo.testkit.TestEvent;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EventRowsTest {
    private final EventRows rows = new EventRows(new TestContext().json(), true);

    @ParameterizedTest
    @CsvSource({"identify, identifies", "page, pages", "screen, screens", "group, groups", "alias, aliases"})
    void everyCallHasATable(String type, String table) {
        assertThat(rows.of(TestEvent.of(type, 1).asMap()))
                .extracting(Row::table)
                .containsExactly(table);
    }

    @Test
    void aTrackCallIsAlsoInTheTableOfItsEvent() {
        List<Row> both = rows.of(track("Order Completed", Map.of("revenue", 5)));

        assertThat(both).extracting(Row::table).containsExactly("tracks", "order_completed");
        assertThat(both.get(0).values()).doesNotContainKey("revenue").containsEntry("event_text", "Order Completed");
        assertThat(both.get(1).values()).containsEntry("revenue", 5).containsEntry("event", "order_completed");
    }

    @Test
    void anEventThatIsCalledLikeATableGetsAnotherOne() {
        assertThat(rows.of(track("Pages", Map.of()))).extracting(Row::table).containsExactly("tracks", "event_pages");
        assertThat(rows.of(track("$$$", Map.of()))).extracting(Row::table).containsExactly("tracks");
    }

    @Test
    void propertiesDoNotReplaceWhatEveryTableHas() {
        Row row = rows.of(track("Bought", Map.of("id", "own", "userId", "other", "event", "inner")))
                .get(1);

        assertThat(row.values())
                .containsEntry("id", "message-1")
                .containsEntry("user_id", "user-1")
                .containsEntry("properties_id", "own")
                .containsEntry("properties_user_id", "other")
                .containsEntry("properties_event", "inner");
    }

    @Test
    void valuesAreScalars() {
        Row row = rows.of(track(
                        "Bought",
                        Map.of(
                                "at",
                                "2026-01-02T03:04:05+0100",
                                "day",
                                "2026-01-02",
                                "tags",
                                List.of("a", 1),
                                "address",
                                Map.of("geo", Map.of("lat", 1.5)))))
                .get(1);

        assertThat(row.values())
                .containsEntry("at", Instant.parse("2026-01-02T02:04:05Z"))
                .containsEntry("day", "2026-01-02")
                .containsEntry("tags", "[\"a\",1]")
                .containsEntry("address_geo_lat", 1.5);
    }

    private static Map<String, Object> track(String event, Map<String, Object> properties) {
        Map<String, Object> fields =
                new LinkedHashMap<>(TestEvent.of("track", 1).asMap());
        fields.put("event", event);
        fields.put("properties", properties);
        return fields;
    }
}
