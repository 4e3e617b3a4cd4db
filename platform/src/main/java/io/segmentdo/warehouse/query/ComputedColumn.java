package io.segmentdo.warehouse.query;

import java.util.Set;

/**
 * A member of the properties that is no column of the table, and is read out of the JSON as if it were one.
 *
 * <p>Immutable.
 *
 * @param name the column as queries call it
 * @param member the member as it was sent
 * @param types what JSON values it had
 */
record ComputedColumn(String name, String member, Set<String> types) {
    private static final Set<String> NUMBERS = Set.of("BIGINT", "UBIGINT", "DOUBLE", "HUGEINT", "UHUGEINT");

    ComputedColumn {
        types = Set.copyOf(types);
    }

    String sql() {
        String path = "$.\"" + member.replace("\"", "\\\"") + '"';
        String text = "properties->>" + Views.literal(path);
        return (type().equals("VARCHAR") ? text : "TRY_CAST(" + text + " AS " + type() + ")") + " AS "
                + Views.quote(name);
    }

    private String type() {
        if (types.equals(Set.of("BOOLEAN"))) {
            return "BOOLEAN";
        }
        return !types.isEmpty() && NUMBERS.containsAll(types) ? "DOUBLE" : "VARCHAR";
    }
}
