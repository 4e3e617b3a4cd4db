package io.segmentdo.warehouse.engine;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.sql.Array;
import java.sql.Blob;
import java.sql.SQLException;
import java.sql.Struct;
import java.sql.Timestamp;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.util.Base64;
import java.util.Locale;
import java.util.Map;
import org.duckdb.DuckDBStruct;
import org.duckdb.JsonNode;
import org.jspecify.annotations.Nullable;

/**
 * Values of DuckDB as JSON and as text: times in ISO 8601, numbers that JSON does not have as strings, bytes in Base64.
 */
final class Values {
    private static final DateTimeFormatter LOCAL = new DateTimeFormatterBuilder()
            .appendPattern("yyyy-MM-dd'T'HH:mm:ss")
            .appendFraction(ChronoField.NANO_OF_SECOND, 3, 9, true)
            .toFormatter(Locale.ROOT);

    private Values() {}

    static void write(JsonGenerator out, @Nullable Object value) throws IOException, SQLException {
        switch (value) {
            case null -> out.writeNull();
            case Boolean flag -> out.writeBoolean(flag);
            case Integer number -> out.writeNumber(number);
            case Long number -> out.writeNumber(number);
            case Short number -> out.writeNumber(number);
            case Byte number -> out.writeNumber(number.intValue());
            case Double number -> out.writeNumber(number);
            case Float number -> out.writeNumber(number);
            case BigInteger number -> out.writeNumber(number);
            case BigDecimal number -> out.writeNumber(number.toPlainString());
            case JsonNode node -> out.writeRawValue(node.toString());
            case Array array -> {
                out.writeStartArray();
                for (Object element : (Object[]) array.getArray()) {
                    write(out, element);
                }
                out.writeEndArray();
            }
            case DuckDBStruct struct -> writeMap(out, struct.getMap());
            case Struct struct -> {
                out.writeStartArray();
                for (Object element : struct.getAttributes()) {
                    write(out, element);
                }
                out.writeEndArray();
            }
            case Map<?, ?> map -> writeMap(out, map);
            default -> out.writeString(text(value));
        }
    }

    private static void writeMap(JsonGenerator out, Map<?, ?> map) throws IOException, SQLException {
        out.writeStartObject();
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            out.writeFieldName(text(entry.getKey()));
            write(out, entry.getValue());
        }
        out.writeEndObject();
    }

    /** A value that is no list, struct or map. */
    static String text(@Nullable Object value) throws SQLException {
        return switch (value) {
            case null -> "";
            case BigDecimal number -> number.toPlainString();
            case OffsetDateTime time -> LOCAL.format(time.withOffsetSameInstant(ZoneOffset.UTC)) + "Z";
            case Timestamp time -> LOCAL.format(time.toLocalDateTime());
            case LocalDateTime time -> LOCAL.format(time);
            case Blob blob -> Base64.getEncoder().encodeToString(blob.getBytes(1, Math.toIntExact(blob.length())));
            case byte[] bytes -> Base64.getEncoder().encodeToString(bytes);
            case ByteBuffer bytes -> {
                byte[] copy = new byte[bytes.remaining()];
                bytes.duplicate().get(copy);
                yield Base64.getEncoder().encodeToString(copy);
            }
            default -> value.toString();
        };
    }

    /** Whether a value is made of others. */
    static boolean isNested(@Nullable Object value) {
        return value instanceof Array || value instanceof Struct || value instanceof Map;
    }
}
