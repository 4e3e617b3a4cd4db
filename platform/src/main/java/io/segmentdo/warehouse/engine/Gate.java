package io.segmentdo.warehouse.engine;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Lets a parsed query pass that does nothing but compute over tables: every kind of table, query and function is on a list
 * here, and what is not listed is refused, so that what a later version of DuckDB adds is refused until somebody has
 * looked at it.
 *
 * <p>Immutable.
 */
final class Gate {
    /** Nodes of the tree that are no expressions: queries, tables, modifiers, and the entries of an ORDER BY. */
    private static final Set<String> STRUCTURE = Set.of(
            "SELECT_NODE",
            "SET_OPERATION_NODE",
            "RECURSIVE_CTE_NODE",
            "CTE_NODE",
            "BASE_TABLE",
            "SUBQUERY",
            "JOIN",
            "TABLE_FUNCTION",
            "EMPTY",
            "EXPRESSION_LIST",
            "PIVOT",
            "SHOW_REF",
            "ORDER_MODIFIER",
            "LIMIT_MODIFIER",
            "LIMIT_PERCENT_MODIFIER",
            "DISTINCT_MODIFIER",
            "ASCENDING",
            "DESCENDING",
            "ORDER_DEFAULT",
            "INVALID");

    private static final Set<String> TABLE_FUNCTIONS =
            Set.of("unnest", "range", "generate_series", "json_each", "json_tree", "generate_subscripts");
    private static final Set<String> SHOWN = Set.of("DESCRIBE", "SUMMARY");
    private static final Set<String> FUNCTIONS = functions();

    private final String sql;

    Gate(String sql) {
        this.sql = sql;
    }

    private static Set<String> functions() {
        try (InputStream in = Objects.requireNonNull(Gate.class.getResourceAsStream("functions.txt"));
                BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
            return lines.lines().collect(Collectors.toUnmodifiableSet());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Functions that queries may call. */
    static Set<String> allowedFunctions() {
        return FUNCTIONS;
    }

    /** Passes, or fails with {@link Reason#REFUSED}. */
    void check(JsonNode node) {
        if (node.isObject()) {
            checkObject(node);
        }
        for (JsonNode child : node) {
            check(child);
        }
    }

    private void checkObject(JsonNode node) {
        String type = node.path("type").asText("");
        if (node.has("class")) {
            checkExpression(node);
        } else if (type.equals("TABLE_FUNCTION")) {
            String name = node.path("function").path("function_name").asText();
            if (!TABLE_FUNCTIONS.contains(name)) {
                throw refuse(node, "the table function " + name + " may not be used");
            }
        } else if (type.equals("SHOW_REF")) {
            if (!node.path("query").isObject()
                    || !SHOWN.contains(node.path("show_type").asText())) {
                throw refuse(node, "only a table or query can be described");
            }
        } else if (type.equals("BASE_TABLE")) {
            checkTable(node);
        } else if (!type.isEmpty() && !STRUCTURE.contains(type)) {
            throw refuse(node, type.toLowerCase(java.util.Locale.ROOT) + " may not be used in a query");
        }
    }

    private void checkTable(JsonNode node) {
        if (node.path("at_clause").isObject()) {
            throw refuse(node, "AT is not known here (expected: asOf beside the query)");
        }
        if (!node.path("schema_name").asText("").isEmpty()
                || !node.path("catalog_name").asText("").isEmpty()) {
            throw refuse(node, "tables have no schema (expected: the name alone, such as events)");
        }
    }

    private void checkExpression(JsonNode node) {
        String kind = node.path("class").asText();
        if (kind.equals("PARAMETER")) {
            throw refuse(node, "parameters cannot be used (expected: the value itself)");
        }
        String function = node.path("function_name").asText("");
        if (!function.isEmpty() && !FUNCTIONS.contains(function) && !TABLE_FUNCTIONS.contains(function)) {
            throw refuse(node, "the function " + function + " may not be used or does not exist");
        }
    }

    private QueryException refuse(JsonNode node, String why) {
        JsonNode place = node.path("query_location").isMissingNode() ? node.path("function") : node;
        return new QueryException(Reason.REFUSED, why, Places.offset(sql, place));
    }
}
