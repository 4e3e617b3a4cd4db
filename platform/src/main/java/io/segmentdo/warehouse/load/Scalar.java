package io.segmentdo.warehouse.load;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.segmentdo.warehouse.table.ColumnType;
import java.io.IOException;
import java.util.Arrays;
import org.apache.avro.util.Utf8;
import org.jspecify.annotations.Nullable;

/** How JSON values fit into columns. Pure. */
final class Scalar {
    /** Up to here every whole number is a double of its own. */
    private static final long EXACT_MAX = 1L << 53;

    private Scalar() {}

    /** The type of a column whose first value the parser stands at; null when that is none for a column. */
    static @Nullable ColumnType typeOf(JsonParser parser) throws IOException {
        return switch (parser.currentToken()) {
            case VALUE_TRUE, VALUE_FALSE -> ColumnType.BOOLEAN;
            case VALUE_STRING -> ColumnType.STRING;
            case VALUE_NUMBER_FLOAT -> Double.isFinite(parser.getDoubleValue()) ? ColumnType.DOUBLE : null;
            case VALUE_NUMBER_INT ->
                switch (parser.getNumberType()) {
                    case INT, LONG -> isExact(parser.getLongValue()) ? ColumnType.DOUBLE : ColumnType.LONG;
                    case BIG_INTEGER, FLOAT, DOUBLE, BIG_DECIMAL -> null;
                };
            default -> null;
        };
    }

    /**
     * The value that the parser stands at as one of a column, or null when it does not fit.
     *
     * @param json what the parser parses, from its first byte on
     */
    static @Nullable Object fit(JsonParser parser, byte[] json, ColumnType type) throws IOException {
        JsonToken token = parser.currentToken();
        return switch (type) {
            case STRING -> token.isScalarValue() ? text(parser, json) : null;
            case BOOLEAN -> token.isBoolean() ? (Object) parser.getBooleanValue() : null;
            case LONG -> isLong(parser, token) ? (Object) parser.getLongValue() : null;
            case DOUBLE -> token.isNumeric() ? asDouble(parser, token) : null;
        };
    }

    /** The text of the scalar that the parser stands at: the bytes as they are unless some are escaped. */
    static Utf8 text(JsonParser parser, byte[] json) throws IOException {
        if (parser.currentToken() == JsonToken.VALUE_STRING) {
            int start = (int) parser.currentTokenLocation().getByteOffset() + 1;
            int end = start;
            while (json[end] != '"' && json[end] != '\\') {
                end++;
            }
            if (json[end] == '"') {
                return new Utf8(Arrays.copyOfRange(json, start, end));
            }
        }
        return new Utf8(parser.getText());
    }

    /** Whether a value is in the column as something else than it was. */
    static boolean isOfOtherKind(JsonToken token, ColumnType type) {
        return type == ColumnType.STRING && token != JsonToken.VALUE_STRING;
    }

    private static @Nullable Double asDouble(JsonParser parser, JsonToken token) throws IOException {
        if (token == JsonToken.VALUE_NUMBER_INT) {
            return isLong(parser, token) && isExact(parser.getLongValue()) ? (double) parser.getLongValue() : null;
        }
        double value = parser.getDoubleValue();
        return Double.isFinite(value) ? value : null;
    }

    private static boolean isLong(JsonParser parser, JsonToken token) throws IOException {
        return token == JsonToken.VALUE_NUMBER_INT && parser.getNumberType() != JsonParser.NumberType.BIG_INTEGER;
    }

    private static boolean isExact(long value) {
        return value >= -EXACT_MAX && value <= EXACT_MAX;
    }
}
