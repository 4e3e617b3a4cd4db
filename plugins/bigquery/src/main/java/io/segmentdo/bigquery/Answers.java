package io.segmentdo.bigquery;

import io.segmentdo.api.Delivery;
import io.segmentdo.api.DestinationContext;
import io.segmentdo.api.HttpResponse;
import io.segmentdo.api.ResponseClasses;
import io.segmentdo.api.rows.Insertion;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What BigQuery's answers mean. Pure. */
final class Answers {
    private static final Set<String> PASSING = Set.of(
            "rateLimitExceeded",
            "quotaExceeded",
            "backendError",
            "internalError",
            "jobRateLimitExceeded",
            "stopped",
            "timeout");
    private static final String NO_SUCH_FIELD = "no such field";

    private Answers() {}

    /** What an answer means for everything that was asked for. */
    static Delivery classify(HttpResponse response, DestinationContext context) {
        Delivery byStatus = ResponseClasses.classify(response, context.clock().instant());
        String code = code(response, context);
        String reason = "HTTP " + response.status() + (code.isEmpty() ? "" : " " + code);
        if (PASSING.contains(code) && !(byStatus instanceof Delivery.RetryAfter)) {
            return Delivery.retry(reason);
        }
        return byStatus instanceof Delivery.Rejected ? Delivery.rejected(reason) : byStatus;
    }

    private static String code(HttpResponse response, DestinationContext context) {
        return body(response, context).get("error") instanceof Map<?, ?> error
                        && error.get("errors") instanceof List<?> errors
                        && !errors.isEmpty()
                ? text(errors.getFirst(), "reason")
                : "";
    }

    /** What became of rows that were inserted. */
    static Insertion insertion(HttpResponse response, int rows, DestinationContext context) {
        return switch (response.status()) {
            case 200 -> Insertion.settled(outcomes(body(response, context), rows));
            case 400, 413 -> Insertion.refused("HTTP " + response.status() + " " + code(response, context));
            case 404 -> Insertion.stale("HTTP 404, the table is not there yet");
            default -> Insertion.settled(List.of(classify(response, context)));
        };
    }

    private static List<Delivery> outcomes(Map<?, ?> body, int rows) {
        List<Delivery> outcomes = new ArrayList<>(Collections.nCopies(rows, Delivery.delivered()));
        if (!(body.get("insertErrors") instanceof List<?> failed)) {
            return outcomes;
        }
        for (Object one : failed) {
            if (!(one instanceof Map<?, ?> row)
                    || !(row.get("index") instanceof Number index)
                    || index.intValue() < 0
                    || index.intValue() >= rows) {
                return List.of(Delivery.retry("HTTP 200, and it does not say which row failed"));
            }
            outcomes.set(index.intValue(), outcome(row.get("errors")));
        }
        return outcomes;
    }

    private static Delivery outcome(@Nullable Object errors) {
        Object first = errors instanceof List<?> list && !list.isEmpty() ? list.getFirst() : Map.of();
        String code = text(first, "reason");
        String column = text(first, "location");
        String reason = "row " + code + (column.isEmpty() ? "" : ", column " + column);
        // a column that was added is seen by streaming inserts only after a while
        boolean isUnseen = text(first, "message").startsWith(NO_SUCH_FIELD);
        return isUnseen || PASSING.contains(code) ? Delivery.retry(reason) : Delivery.rejected(reason);
    }

    private static String text(@Nullable Object object, String member) {
        return object instanceof Map<?, ?> map && map.get(member) instanceof String text ? text : "";
    }

    private static Map<?, ?> body(HttpResponse response, DestinationContext context) {
        try {
            return context.json().read(response.body()) instanceof Map<?, ?> map ? map : Map.of();
        } catch (IllegalArgumentException noJson) {
            return Map.of();
        }
    }
}
