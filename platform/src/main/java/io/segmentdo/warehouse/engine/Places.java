package io.segmentdo.warehouse.engine;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;

/** Turns the places that DuckDB tells, which count bytes, into places in a Java string. */
final class Places {
    private Places() {}

    /** Where a node of the tree stands in the text of the query; -1 when it does not say. */
    static int offset(String sql, JsonNode node) {
        JsonNode location = node.path("query_location");
        return location.isInt() ? offset(sql, location.asInt()) : -1;
    }

    /** The characters before so many bytes; -1 when the text is shorter. */
    static int offset(String sql, int bytes) {
        byte[] encoded = sql.getBytes(StandardCharsets.UTF_8);
        return bytes < 0 || bytes > encoded.length
                ? -1
                : new String(encoded, 0, bytes, StandardCharsets.UTF_8).length();
    }
}
