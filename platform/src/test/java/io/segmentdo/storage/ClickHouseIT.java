package io.segmentdo.storage;

import static io.segmentdo.storage.StorageEvents.track;
import static io.segmentdo.storage.StorageEvents.words;
import static org.assertj.core.api.Assertions.assertThat;

import io.segmentdo.api.BlockingConnector;
import io.segmentdo.api.CredentialCheck;
import io.segmentdo.api.Delivery;
import io.segmentdo.api.OutboundEvent;
import io.segmentdo.fidelity.NamedDestinations;
import io.segmentdo.testkit.Fixture;
import io.segmentdo.testkit.TestEvent;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * The tables that the destination {@code clickhouse} fills: of a stub that answers as ClickHouse 26.5 did, or of a real
 * server, {@code -Dclickhouse.url=http://127.0.0.1:8123}, whose tables of these names are dropped.
 */
class ClickHouseIT {
    private ClickHouse server;

    @BeforeEach
    void start() {
        server = ClickHouse.open();
        server.drop("tracks", "identifies", "order_completed");
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void tablesAreMadeAndWidened() throws Exception {
        BlockingConnector connector = connect();

        assertThat(words(connector.deliver(List.of(
                        track(
                                1,
                                "Order Completed",
                                Map.of("revenue", 12.5, "paid", true, "address", Map.of("city", "Köln"))),
                        TestEvent.of("identify", 2)))))
                .isEqualTo("delivered delivered");
        assertThat(words(connector.deliver(List.of(track(
                        3,
                        "Order Completed",
                        Map.of(
                                "revenue",
                                "much",
                                "orderId",
                                "o3",
                                "shippedAt",
                                "2026-01-03T00:00:00Z",
                                "tags",
                                List.of("a")))))))
                .isEqualTo("delivered");

        assertThat(server.rows("tracks")).extracting(row -> row.get("id")).containsExactly("message-1", "message-3");
        assertThat(server.rows("identifies").getFirst())
                .containsEntry("email", "zoë@example.com")
                .containsEntry("user_id", "user-2");
        List<Map<String, Object>> orders = server.rows("order_completed");
        assertThat(orders.get(0))
                .containsEntry("event_text", "Order Completed")
                .containsEntry("context_ip", "203.0.113.7")
                .containsEntry("revenue", 12.5)
                .containsEntry("paid", true)
                .containsEntry("address_city", "Köln");
        assertThat(orders.get(1))
                .containsEntry("order_id", "o3")
                .containsEntry("tags", "[\"a\"]")
                .containsEntry("_rescued", "{\"revenue\":\"much\"}");
        assertThat(String.valueOf(orders.get(1).get("shipped_at"))).startsWith("2026-01-03");
    }

    @Test
    void whatIsSentAgainIsThereOnce() throws Exception {
        BlockingConnector connector = connect();
        List<OutboundEvent> batch =
                List.of(track(1, "Order Completed", Map.of("n", 1)), track(2, "Order Completed", Map.of("n", 2)));

        connector.deliver(batch);
        connector.deliver(batch.reversed());

        assertThat(server.rows("order_completed")).hasSize(2);
    }

    @Test
    void aRowThatIsRefusedDoesNotHoldUpTheOthers() throws Exception {
        server.make(
                "order_completed",
                "`id` String, `received_at` Nullable(DateTime64(3, 'UTC')), `quantity` Nullable(Int8)");

        List<Delivery> outcomes = connect()
                .deliver(List.of(
                        track(1, "Order Completed", Map.of("quantity", 1)),
                        track(2, "Order Completed", Map.of("quantity", 2.5)),
                        track(3, "Order Completed", Map.of("quantity", 3)),
                        track(4, "Order Completed", Map.of("quantity", 4))));

        assertThat(words(outcomes)).isEqualTo("delivered rejected delivered delivered");
        assertThat(server.rows("order_completed"))
                .extracting(row -> row.get("id"))
                .containsExactly("message-1", "message-3", "message-4");
    }

    @Test
    void aTableThatSomebodyDroppedIsMadeAgain() throws Exception {
        BlockingConnector connector = connect();
        connector.deliver(List.of(track(1, "Order Completed", Map.of("n", 1))));

        server.drop("order_completed");

        assertThat(words(connector.deliver(List.of(track(2, "Order Completed", Map.of("n", 2))))))
                .isEqualTo("delivered");
        assertThat(server.rows("order_completed"))
                .extracting(row -> row.get("id"))
                .containsExactly("message-2");
    }

    @Test
    void aColumnThatSomebodyDroppedIsAddedAgain() throws Exception {
        BlockingConnector connector = connect();
        connector.deliver(List.of(track(1, "Order Completed", Map.of("n", 1))));

        server.dropColumn("order_completed", "n");

        assertThat(words(connector.deliver(List.of(track(2, "Order Completed", Map.of("n", 2))))))
                .isEqualTo("delivered");
    }

    @Test
    void usersAreDeletedFromEveryTable() throws Exception {
        BlockingConnector connector = connect();
        connector.deliver(List.of(track(1, "Order Completed", Map.of()), track(2, "Order Completed", Map.of())));

        assertThat(connector.deleteUser(new DeletedUser("user-1"))).isEqualTo(Delivery.delivered());

        server.awaitMutations();
        assertThat(server.rows("tracks")).extracting(row -> row.get("id")).containsExactly("message-2");
        assertThat(server.rows("order_completed"))
                .extracting(row -> row.get("id"))
                .containsExactly("message-2");
    }

    @Test
    void credentialsAreTested() throws Exception {
        assertThat(connect().testCredentials()).isEqualTo(CredentialCheck.accepted());
    }

    private BlockingConnector connect() {
        return (BlockingConnector) Fixture.of(NamedDestinations.read().named("clickhouse"))
                .with("url", server.url())
                .connect();
    }
}
