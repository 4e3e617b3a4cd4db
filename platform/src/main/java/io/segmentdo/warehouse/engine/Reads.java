package io.segmentdo.warehouse.engine;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
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
 * A column of times that is named in such places only is one that the query can but compare. Confined to one thread.
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

    private final String sql;
    private final Values values;
    private final Set<String> defined = new HashSet<>();
    private final Set<String> columns = new HashSet<>();

    /** Names that stand where a column does; a table's name there means its whole rows. */
    private final Set<String> operands = new HashSet<>();

    private final Set<String> aliases = new HashSet<>();
    private final List<Analysis.Use> uses = new ArrayList<>();

    /** Places where a column is compared with nothing but times that are known. */
    private final Set<JsonNode> comparisons = Collections.newSetFromMap(new IdentityHashMap<>());

    private final Map<String, List<Long>> compared = new HashMap<>();

    /** Columns that are named in other places. */
    private final Set<String> seen = new HashSet<>();

    private boolean everyColumn;

    Reads(String sql, Values values) {
        this.sql = sql;
        this.values = values;
    }

    Analysis analyse(JsonNode statement) {
        collectDefined(statement);
        visit(statement, Map.of());
        everyColumn |= operands.stream().anyMatch(aliases::contains);
        compared.keySet().removeAll(seen);
        return new Analysis(uses, defined, columns, everyColumn, compared);
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
            JsonNode left = where.path("left");
            JsonNode right = where.path("right");
            if (bound(left, operator, right, tables, bounds)) {
                comparisons.add(left);
            } else if (bound(right, TURNED.getOrDefault(operator, operator), left, tables, bounds)) {
                comparisons.add(right);
            }
        } else if (type.equals("COMPARE_BETWEEN")) {
            JsonNode input = where.path("input");
            boolean lower = bound(input, ">=", where.path("lower"), tables, bounds);
            boolean upper = bound(input, "<=", where.path("upper"), tables, bounds);
            if (lower && upper) {
                comparisons.add(input);
            }
        }
    }

    /** Takes a condition in, if it is one; returns whether it compares with a time that is known well enough. */
    private boolean bound(
            JsonNode column,
            String operator,
            JsonNode value,
            List<String> tables,
            Map<String, List<Analysis.Bound>> bounds) {
        JsonNode names = column.path("column_names");
        if (!column.path("type").asText("").equals("COLUMN_REF") || names.size() > 2 || !Constants.isConstant(value)) {
            return false;
        }
        String name = names.path(names.size() - 1).asText().toLowerCase(Locale.ROOT);
        String table = names.size() == 2
                ? names.path(0).asText().toLowerCase(Locale.ROOT)
                : tables.size() == 1 ? tables.getFirst() : "";
        boolean steady = Constants.isSteady(value);
        if (!Analysis.BOUNDED.contains(name)
                || tables.stream().filter(table::equals).count() != 1
                || (!steady && !operator.startsWith(">"))) { // a day that has begun since is greater than it was
            return false;
        }
        Optional<Analysis.Bound> found = values.bound(name, operator, value);
        found.ifPresent(
                bound -> bounds.computeIfAbsent(table, t -> new ArrayList<>()).add(bound));
        Long micros = found.map(Analysis.Bound::micros).orElse(null);
        if (!steady || micros == null) {
            return false;
        }
        compared.computeIfAbsent(name, n -> new ArrayList<>()).add(micros);
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
            seen.add(name.asText().toLowerCase(Locale.ROOT));
        }
    }

    private void column(JsonNode column) {
        String last = "";
        for (JsonNode name : column.path("column_names")) {
            last = name.asText().toLowerCase(Locale.ROOT);
            columns.add(last);
            if (!comparisons.contains(column)) {
                seen.add(last);
            }
        }
        operands.add(last);
    }
}
