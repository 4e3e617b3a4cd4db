package io.segmentdo.app;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.segmentdo.profile.PastEvents;
import io.segmentdo.warehouse.engine.Head;
import io.segmentdo.warehouse.engine.Limits;
import io.segmentdo.warehouse.engine.ResultForm;
import io.segmentdo.warehouse.engine.RowSink;
import io.segmentdo.warehouse.query.Queries;
import io.segmentdo.warehouse.query.QueryRequest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;

/** The events of profiles by SQL over the warehouse; calls block. Safe for concurrent use. */
final class WarehouseEvents implements PastEvents {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Queries queries;
    private final Limits limits;

    WarehouseEvents(Queries queries, Limits limits) {
        this.queries = queries;
        this.limits = limits;
    }

    @Override
    public List<PastEvent> find(Wish wish) {
        ByteArrayOutputStream result = new ByteArrayOutputStream();
        QueryRequest request = new QueryRequest(
                UUID.randomUUID().toString(),
                wish.workspace(),
                sql(wish),
                ResultForm.JSON,
                Optional.empty(),
                false,
                limits);
        queries.run(request, new RowSink() {
            @Override
            public void head(Head head) {
                // the query names its columns itself
            }

            @Override
            public void data(byte[] bytes) throws IOException {
                result.write(bytes);
            }
        });
        try {
            List<PastEvent> events = new ArrayList<>();
            for (JsonNode row : JSON.readTree(result.toByteArray()).path("rows")) {
                events.add(event(row));
            }
            return events;
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    private static PastEvent event(JsonNode row) {
        return new PastEvent(
                new Place(row.path("at_us").asLong(), text(row, "message_id")),
                text(row, "type"),
                text(row, "event"),
                text(row, "source"),
                text(row, "user_id"),
                text(row, "anonymous_id"),
                text(row, "said"),
                text(row, "context"));
    }

    private static String text(JsonNode row, String name) {
        JsonNode value = row.path(name);
        return value.isTextual() ? value.textValue() : value.isContainerNode() ? value.toString() : "";
    }

    private static String sql(Wish wish) {
        String order = wish.isDescending() ? "DESC" : "ASC";
        StringBuilder sql = new StringBuilder(
                "SELECT epoch_us(timestamp) AS at_us, message_id, type, coalesce(event, name)"
                        + " AS event, source, user_id, anonymous_id, coalesce(properties, traits) AS said, context FROM events WHERE ");
        if (wish.groupId().isEmpty()) {
            sql.append("profile_id = ").append(quote(wish.profileId()));
        } else {
            sql.append("coalesce(group_id, context_group_id) = ").append(quote(wish.groupId()));
        }
        sql.append(" AND timestamp >= make_timestamptz(").append(wish.fromMillis() * 1000);
        sql.append(") AND timestamp < make_timestamptz(")
                .append(wish.untilMillis() * 1000)
                .append(')');
        if (!wish.included().isEmpty()) {
            sql.append(" AND coalesce(event, name, type) IN (")
                    .append(list(wish.included()))
                    .append(')');
        }
        if (!wish.excluded().isEmpty()) {
            sql.append(" AND coalesce(event, name, type) NOT IN (")
                    .append(list(wish.excluded()))
                    .append(')');
        }
        Place after = wish.after();
        if (after != null) {
            sql.append(" AND (epoch_us(timestamp), message_id) ").append(wish.isDescending() ? "< (" : "> (");
            sql.append(after.atMicros())
                    .append(", ")
                    .append(quote(after.messageId()))
                    .append(')');
        }
        return sql.append(" ORDER BY timestamp ")
                .append(order)
                .append(", message_id ")
                .append(order)
                .append(" LIMIT ")
                .append(wish.max())
                .toString();
    }

    private static String list(List<String> texts) {
        return texts.stream().map(WarehouseEvents::quote).collect(Collectors.joining(", "));
    }

    private static String quote(String text) {
        return "'" + text.replace("'", "''") + "'";
    }
}
