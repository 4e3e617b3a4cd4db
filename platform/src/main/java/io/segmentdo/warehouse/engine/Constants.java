package io.segmentdo.warehouse.engine;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Set;

/** Which expressions of a parsed query have a value before it runs, and how long that holds. Pure. */
final class Constants {
    /** Functions whose value is the same for all rows, and cheap. */
    private static final Set<String> CHEAP = Set.of(
            "-",
            "+",
            "*",
            "now",
            "today",
            "current_date",
            "get_current_timestamp",
            "current_localtimestamp",
            "transaction_timestamp",
            "trunc",
            "date_trunc",
            "datetrunc",
            "timezone",
            "to_timestamp",
            "make_date",
            "make_timestamp",
            "make_timestamptz",
            "strptime",
            "to_milliseconds",
            "to_seconds",
            "to_minutes",
            "to_hours",
            "to_days",
            "to_weeks",
            "to_months",
            "to_quarters",
            "to_years");

    /** Those of them that follow the clock. */
    private static final Set<String> CLOCKS = Set.of(
            "now", "today", "current_date", "get_current_timestamp", "current_localtimestamp", "transaction_timestamp");

    /** Those whose spans are as long at any time. */
    private static final Set<String> SPANS =
            Set.of("to_milliseconds", "to_seconds", "to_minutes", "to_hours", "to_days", "to_weeks");

    private Constants() {}

    /** Whether a value is the same for all rows, and cheap. */
    static boolean isConstant(JsonNode node) {
        if (node.isObject() && node.has("class")) {
            switch (node.path("class").asText()) {
                case "CONSTANT", "CAST", "TYPE" -> {}
                case "FUNCTION" -> {
                    if (!CHEAP.contains(node.path("function_name").asText())) {
                        return false;
                    }
                }
                default -> {
                    return false;
                }
            }
        }
        for (JsonNode child : node) {
            if (!isConstant(child)) {
                return false;
            }
        }
        return true;
    }

    /** Whether a value moves on as slowly as time does, if at all; the day of today jumps. */
    static boolean isSteady(JsonNode value) {
        String function = value.path("function_name").asText("");
        JsonNode arguments = value.path("arguments");
        if (function.equals("now")) {
            return true;
        }
        if (arguments.size() == 2 && (function.equals("-") || function.equals("+"))) {
            JsonNode span = arguments.path(1).path("expression");
            if (SPANS.contains(span.path("function_name").asText("")) && !hasClock(span)) {
                return isSteady(arguments.path(0).path("expression"));
            }
        }
        return !hasClock(value);
    }

    private static boolean hasClock(JsonNode node) {
        if (CLOCKS.contains(node.path("function_name").asText(""))) {
            return true;
        }
        for (JsonNode child : node) {
            if (hasClock(child)) {
                return true;
            }
        }
        return false;
    }
}
