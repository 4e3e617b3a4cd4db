package io.segmentdo.warehouse.engine;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.google.flatbuffers.FlatBufferBuilder;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.arrow.flatbuf.Bool;
import org.apache.arrow.flatbuf.Date;
import org.apache.arrow.flatbuf.DateUnit;
import org.apache.arrow.flatbuf.Field;
import org.apache.arrow.flatbuf.FloatingPoint;
import org.apache.arrow.flatbuf.Int;
import org.apache.arrow.flatbuf.Precision;
import org.apache.arrow.flatbuf.TimeUnit;
import org.apache.arrow.flatbuf.Type;
import org.apache.arrow.flatbuf.Utf8;
import org.jspecify.annotations.Nullable;

/**
 * One column of an Arrow batch that is being made: a bit per value that says whether it is there, and the values. What
 * Arrow's simple types do not hold is text. Confined to one thread.
 */
final class ArrowColumn {
    private enum Kind {
        BOOL(0),
        INT32(4),
        INT64(8),
        FLOAT32(4),
        FLOAT64(8),
        DATE(4),
        LOCAL_TIME(8),
        TIME(8),
        TEXT(0);

        private final int width;

        Kind(int width) {
            this.width = width;
        }
    }

    private static final JsonFactory JSON = new JsonFactory();
    private static final int START_BYTES = 4096;

    private final String name;
    private final Kind kind;
    private ByteBuffer present = buffer(START_BYTES);
    private ByteBuffer values = buffer(START_BYTES);
    private ByteBuffer ends = buffer(START_BYTES);
    private int count;
    private int absent;

    ArrowColumn(Head.Column column) {
        this.name = column.name();
        this.kind = kind(column.type());
        clear();
    }

    private static Kind kind(String type) {
        return switch (type.toUpperCase(Locale.ROOT)) {
            case "BOOLEAN" -> Kind.BOOL;
            case "TINYINT", "SMALLINT", "INTEGER", "UTINYINT", "USMALLINT" -> Kind.INT32;
            case "BIGINT", "UINTEGER" -> Kind.INT64;
            case "FLOAT" -> Kind.FLOAT32;
            case "DOUBLE" -> Kind.FLOAT64;
            case "DATE" -> Kind.DATE;
            case "TIMESTAMP" -> Kind.LOCAL_TIME;
            case "TIMESTAMP WITH TIME ZONE" -> Kind.TIME;
            default -> Kind.TEXT;
        };
    }

    private static ByteBuffer buffer(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    void clear() {
        count = 0;
        absent = 0;
        present.clear();
        values.clear();
        ends.clear();
        if (kind == Kind.TEXT) {
            ends.putInt(0);
        }
    }

    int count() {
        return count;
    }

    int absent() {
        return absent;
    }

    int bytes() {
        return values.position();
    }

    void add(@Nullable Object value) throws SQLException, IOException {
        present = setBit(present, count, value != null);
        if (value == null) {
            absent++;
        }
        switch (kind) {
            case BOOL -> values = setBit(values, count, Boolean.TRUE.equals(value));
            case TEXT -> addText(value);
            case INT32, DATE -> room().putInt(value == null ? 0 : (int) whole(value));
            case INT64, LOCAL_TIME, TIME -> room().putLong(value == null ? 0 : whole(value));
            case FLOAT32 -> room().putFloat(value instanceof Number number ? number.floatValue() : 0);
            case FLOAT64 -> room().putDouble(value instanceof Number number ? number.doubleValue() : 0);
        }
        count++;
    }

    private static long whole(Object value) {
        return switch (value) {
            case Number number -> number.longValue();
            case LocalDate date -> date.toEpochDay();
            case OffsetDateTime time -> ChronoUnit.MICROS.between(Instant.EPOCH, time.toInstant());
            case Timestamp time ->
                ChronoUnit.MICROS.between(Instant.EPOCH, time.toLocalDateTime().toInstant(ZoneOffset.UTC));
            default -> throw new IllegalStateException("no number: " + value.getClass());
        };
    }

    private ByteBuffer room() {
        values = ensure(values, kind.width);
        return values;
    }

    private void addText(@Nullable Object value) throws SQLException, IOException {
        if (value != null) {
            byte[] text = text(value).getBytes(StandardCharsets.UTF_8);
            values = ensure(values, text.length);
            values.put(text);
        }
        ends = ensure(ends, Integer.BYTES);
        ends.putInt(values.position());
    }

    private static String text(Object value) throws SQLException, IOException {
        if (!Values.isNested(value)) {
            return Values.text(value);
        }
        StringWriter json = new StringWriter();
        try (JsonGenerator generator = JSON.createGenerator(json)) {
            Values.write(generator, value);
        }
        return json.toString();
    }

    private static ByteBuffer setBit(ByteBuffer bits, int index, boolean value) {
        ByteBuffer buffer = bits;
        if (index % 8 == 0) {
            buffer = ensure(buffer, 1);
            buffer.put((byte) 0);
        }
        if (value) {
            int at = index / 8;
            buffer.put(at, (byte) (buffer.get(at) | 1 << index % 8));
        }
        return buffer;
    }

    private static ByteBuffer ensure(ByteBuffer buffer, int bytes) {
        if (buffer.remaining() >= bytes) {
            return buffer;
        }
        ByteBuffer larger = buffer(Math.max(buffer.capacity() * 2, buffer.position() + bytes));
        larger.put(buffer.flip());
        return larger;
    }

    /** What goes into the body of the batch, in this order. */
    List<byte[]> buffers() {
        List<byte[]> buffers = new ArrayList<>(3);
        buffers.add(written(present));
        if (kind == Kind.TEXT) {
            buffers.add(written(ends));
        }
        buffers.add(written(values));
        return buffers;
    }

    private static byte[] written(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.position()];
        buffer.get(0, bytes);
        return bytes;
    }

    /** Describes the column in a schema. */
    int field(FlatBufferBuilder builder) {
        int nameAt = builder.createString(name);
        int typeAt = type(builder);
        int noChildren = Field.createChildrenVector(builder, new int[0]);
        return Field.createField(builder, nameAt, true, typeCode(), typeAt, 0, noChildren, 0);
    }

    private byte typeCode() {
        return switch (kind) {
            case BOOL -> Type.Bool;
            case INT32, INT64 -> Type.Int;
            case FLOAT32, FLOAT64 -> Type.FloatingPoint;
            case DATE -> Type.Date;
            case LOCAL_TIME, TIME -> Type.Timestamp;
            case TEXT -> Type.Utf8;
        };
    }

    private int type(FlatBufferBuilder builder) {
        return switch (kind) {
            case BOOL -> {
                Bool.startBool(builder);
                yield Bool.endBool(builder);
            }
            case TEXT -> {
                Utf8.startUtf8(builder);
                yield Utf8.endUtf8(builder);
            }
            case INT32 -> Int.createInt(builder, 32, true);
            case INT64 -> Int.createInt(builder, 64, true);
            case FLOAT32 -> FloatingPoint.createFloatingPoint(builder, Precision.SINGLE);
            case FLOAT64 -> FloatingPoint.createFloatingPoint(builder, Precision.DOUBLE);
            case DATE -> Date.createDate(builder, DateUnit.DAY);
            case LOCAL_TIME -> org.apache.arrow.flatbuf.Timestamp.createTimestamp(builder, TimeUnit.MICROSECOND, 0);
            case TIME ->
                org.apache.arrow.flatbuf.Timestamp.createTimestamp(
                        builder, TimeUnit.MICROSECOND, builder.createString("UTC"));
        };
    }
}
