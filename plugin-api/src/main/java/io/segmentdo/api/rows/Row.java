package io.segmentdo.api.rows;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One row of one table.
 *
 * <p>Made by {@link EventRows} and {@link TableAction}. Immutable.
 *
 * @param table its name in snake case, e.g. {@code order_completed}
 * @param values by column, in their order: String, Number, Boolean or Instant; {@code id} is the same in every attempt
 */
public record Row(String table, Map<String, Object> values) {
    private static final int DIGEST_BYTES = 16;

    /** What it is known by within its table. */
    public String id() {
        return String.valueOf(values.get(EventRows.ID));
    }

    /** The values as JSON has them: moments are texts in ISO 8601. */
    public Map<String, Object> plain() {
        Map<String, Object> plain = new LinkedHashMap<>(values);
        plain.replaceAll((column, value) -> value instanceof Instant ? value.toString() : value);
        return plain;
    }

    /** A short text that is the same for the same rows of the same table, in whatever order; 32 hexadecimal digits. */
    public static String digest(List<Row> rows) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            rows.stream()
                    .map(row -> row.table() + '\n' + row.id() + '\n')
                    .sorted()
                    .forEach(id -> digest.update(id.getBytes(StandardCharsets.UTF_8)));
            return HexFormat.of().formatHex(digest.digest(), 0, DIGEST_BYTES);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // every JDK has it
        }
    }
}
