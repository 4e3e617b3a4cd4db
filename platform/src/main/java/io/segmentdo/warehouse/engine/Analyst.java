package io.segmentdo.warehouse.engine;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Parses queries with DuckDB's own parser, in an instance that holds nothing, and judges the tree. Confined to one thread.
 */
final class Analyst implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Connection connection;
    private final PreparedStatement parsing;
    private final JsonNode timeTemplate;
    private final JsonNode textTemplate;

    Analyst() throws SQLException {
        connection = Sandbox.openEmpty();
        parsing = connection.prepareStatement("SELECT json_serialize_sql(?)");
        timeTemplate = parse("SELECT epoch_us(CAST(1 AS TIMESTAMPTZ))");
        textTemplate = parse("SELECT CAST(1 AS VARCHAR)");
    }

    /** What a query needs; fails when it is no query that may run. */
    Analysis analyse(String sql) throws SQLException {
        JsonNode tree = parse(sql);
        if (tree.path("error").asBoolean()) {
            throw complaint(sql, tree);
        }
        JsonNode statements = tree.path("statements");
        if (statements.size() != 1) {
            throw new QueryException(Reason.REFUSED, statements.size() + " statements (expected: one SELECT)", -1);
        }
        new Gate(sql).check(statements.path(0));
        return new Reads(sql, this::bound).analyse(statements.path(0));
    }

    private JsonNode parse(String sql) throws SQLException {
        parsing.setString(1, sql);
        try (ResultSet result = parsing.executeQuery()) {
            result.next();
            return JSON.readTree(result.getString(1));
        } catch (JsonProcessingException e) {
            throw new QueryException(Reason.REFUSED, "the query is nested too deeply", -1);
        }
    }

    private static QueryException complaint(String sql, JsonNode tree) {
        String message = tree.path("error_message").asText();
        if (tree.path("error_type").asText().toLowerCase(Locale.ROOT).contains("not implemented")) {
            return new QueryException(
                    Reason.REFUSED, "only a SELECT can be run (expected: SELECT ... or WITH ...)", -1);
        }
        return new QueryException(
                Reason.SYNTAX, message, Places.offset(sql, tree.path("position").asInt(-1)));
    }

    private Optional<Analysis.Bound> bound(String column, String operator, JsonNode value) {
        boolean time = Analysis.TIMES.contains(column);
        if (!time && isText(value)) {
            return Optional.of(new Analysis.Bound(
                    column, operator, value.path("literal").path("text").asText(), null));
        }
        JsonNode template = (time ? timeTemplate : textTemplate).deepCopy();
        ObjectNode cast = (ObjectNode) Objects.requireNonNull(template.findParent("try_cast"));
        cast.set("child", value.deepCopy());
        return compute(template)
                .map(text ->
                        new Analysis.Bound(column, operator, time ? null : text, time ? Long.valueOf(text) : null));
    }

    private static boolean isText(JsonNode value) {
        return value.path("class").asText().equals("CONSTANT")
                && value.path("literal").path("kind").asText().equals("STRING");
    }

    /** The one value of a query; what cannot be computed here gives none, and its place in the query will tell. */
    private Optional<String> compute(JsonNode tree) {
        try (PreparedStatement statement =
                connection.prepareStatement("SELECT * FROM json_execute_serialized_sql(?)")) {
            statement.setString(1, tree.toString());
            try (ResultSet result = statement.executeQuery()) {
                return result.next() ? Optional.ofNullable(result.getString(1)) : Optional.empty();
            }
        } catch (SQLException e) {
            return Optional.empty();
        }
    }

    /** The names of all functions that this version of DuckDB has. */
    Set<String> functions() throws SQLException {
        Set<String> names = new TreeSet<>();
        try (Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery("SELECT DISTINCT function_name FROM duckdb_functions()")) {
            while (result.next()) {
                names.add(result.getString(1));
            }
        }
        return names;
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
