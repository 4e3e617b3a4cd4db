package io.segmentdo.warehouse.engine;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Finds in a parsed query which tables and columns it reads, and under which conditions.
 *
 * <p>A condition counts where the WHERE of a SELECT compares a column of one of its tables with a value: it must be plain
 * which table is meant, by a name before the column or because there is only one. What is not understood bounds nothing.
 * Confined to one thread.
 */
final class Reads {
    /** Computes the value of an expression without columns. */
    interface Values {
        Optional<Analysis.Bound> bound(String column, String operator, JsonNode value);
    }

    private static final Map<String, String> OPERATORS = Map.of(
            "COMPARE_EQUAL", "=",
            "COMPARE_LESSTHAN", "<",
            "COMPARE_LESSTHANOREQUALTO", "<=",
            "COMPARE_GREATERTHAN", ">",
            "COMPARE_GREATERTHANOREQUALTO", ">=");
    private static final Map<String, String> TURNED = Map.of("=", "=", "<", ">", "<=", ">=", ">", "<", ">=", "<=");

    /** Functions whose value is the same for all rows, and cheap. */
    private static final Set<String> STEADY = Set.of(
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

    private final String sql;
    private final Values values;
    private final Set<String> defined = new HashSet<>();
    private final Set<String> columns = new HashSet<>();

    /** Names that stand where a column does; a table's name there means its whole rows. */
    private final Set<String> operands = new HashSet<>();

    private final Set<String> aliases = new HashSet<>();
    private final List<Analysis.Use> uses = new ArrayList<>();
    private boolean everyColumn;

    Reads(String sql, Values values) {
        this.sql = sql;
        this.values = values;
    }

    Analysis analyse(JsonNode statement) {
        collectDefined(statement);
        visit(statement, Map.of());
        everyColumn |= operands.stream().anyMatch(aliases::contains);
        return new Analysis(uses, defined, columns, everyColumn);
    }

    private void collectDefined(JsonNode node) {
        for (JsonNode entry : node.path("cte_map").path("map")) {
            defined.add(entry.path("key").asText().toLowerCase(Locale.ROOT));
        }
        if (node.has("cte_name")) {
            defined.add(node.path("cte_name").asText().toLowerCase(Locale.ROOT));
        }
        for (JsonNode child : node) {
            collectDefined(child);
        }
    }

    /** @param bounds what is known about each table of the FROM that is visited, by its alias */
    private void visit(JsonNode node, Map<String, List<Analysis.Bound>> bounds) {
        if (node.isObject()) {
            switch (node.path("type").asText("")) {
                case "SELECT_NODE" -> {
                    visitSelect(node);
                    return;
                }
                case "BASE_TABLE" -> use(node, bounds);
                case "JOIN" -> join(node);
                case "SUBQUERY" -> {
                    visitChildren(node, Map.of());
                    return;
                }
                case "STAR", "PIVOT", "SHOW_REF" -> everyColumn = true;
                case "COLUMN_REF" -> column(node);
                default -> {}
            }
        }
        visitChildren(node, bounds);
    }

    private void visitChildren(JsonNode node, Map<String, List<Analysis.Bound>> bounds) {
        for (JsonNode child : node) {
            visit(child, bounds);
        }
    }

    private void visitSelect(JsonNode select) {
        JsonNode from = select.path("from_table");
        Map<String, List<Analysis.Bound>> bounds = new HashMap<>();
        List<String> tables = new ArrayList<>();
        collectTables(from, tables);
        collectBounds(select.path("where_clause"), tables, bounds);
        for (var member : select.properties()) {
            visit(member.getValue(), member.getKey().equals("from_table") ? bounds : Map.of());
        }
    }

    /** The names by which the columns of this FROM are told apart. */
    private static void collectTables(JsonNode from, List<String> names) {
        switch (from.path("type").asText("")) {
            case "BASE_TABLE" -> names.add(alias(from));
            case "JOIN" -> {
                collectTables(from.path("left"), names);
                collectTables(from.path("right"), names);
            }
            case "EMPTY" -> {}
            default -> names.add(from.path("alias").asText("").toLowerCase(Locale.ROOT));
        }
    }

    private static String alias(JsonNode table) {
        String alias = table.path("alias").asText("");
        return (alias.isEmpty() ? table.path("table_name").asText() : alias).toLowerCase(Locale.ROOT);
    }

    private void collectBounds(JsonNode where, List<String> tables, Map<String, List<Analysis.Bound>> bounds) {
        String type = where.path("type").asText("");
        String operator = OPERATORS.get(type);
        if (type.equals("CONJUNCTION_AND")) {
            for (JsonNode child : where.path("children")) {
                collectBounds(child, tables, bounds);
            }
        } else if (operator != null) {
            bound(where.path("left"), operator, where.path("right"), tables, bounds);
            bound(where.path("right"), TURNED.getOrDefault(operator, operator), where.path("left"), tables, bounds);
        } else if (type.equals("COMPARE_BETWEEN")) {
            bound(where.path("input"), ">=", where.path("lower"), tables, bounds);
            bound(where.path("input"), "<=", where.path("upper"), tables, bounds);
        }
    }

    private void bound(
            JsonNode column,
            String operator,
            JsonNode value,
            List<String> tables,
            Map<String, List<Analysis.Bound>> bounds) {
        JsonNode names = column.path("column_names");
        if (!column.path("type").asText("").equals("COLUMN_REF") || names.size() > 2 || !isConstant(value)) {
            return;
        }
        String name = names.path(names.size() - 1).asText().toLowerCase(Locale.ROOT);
        String table = names.size() == 2
                ? names.path(0).asText().toLowerCase(Locale.ROOT)
                : tables.size() == 1 ? tables.getFirst() : "";
        if (Analysis.BOUNDED.contains(name)
                && tables.stream().filter(table::equals).count() == 1) {
            values.bound(name, operator, value)
                    .ifPresent(bound -> bounds.computeIfAbsent(table, t -> new ArrayList<>())
                            .add(bound));
        }
    }

    private static boolean isConstant(JsonNode node) {
        if (node.isObject() && node.has("class")) {
            switch (node.path("class").asText()) {
                case "CONSTANT", "CAST", "TYPE" -> {}
                case "FUNCTION" -> {
                    if (!STEADY.contains(node.path("function_name").asText())) {
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

    private void use(JsonNode table, Map<String, List<Analysis.Bound>> bounds) {
        String name = table.path("table_name").asText().toLowerCase(Locale.ROOT);
        boolean isRenamed = !table.path("column_name_alias").isEmpty(); // by their places, from the first one on
        boolean plain = !defined.contains(name) && !isRenamed;
        everyColumn |= isRenamed;
        aliases.add(name);
        aliases.add(alias(table));
        uses.add(new Analysis.Use(
                name, Places.offset(sql, table), plain ? bounds.getOrDefault(alias(table), List.of()) : List.of()));
    }

    private void join(JsonNode join) {
        everyColumn |= join.path("ref_type").asText().equals("NATURAL");
        for (JsonNode name : join.path("using_columns")) {
            columns.add(name.asText().toLowerCase(Locale.ROOT));
        }
    }

    private void column(JsonNode column) {
        String last = "";
        for (JsonNode name : column.path("column_names")) {
            last = name.asText().toLowerCase(Locale.ROOT);
            columns.add(last);
        }
        operands.add(last);
    }
}
