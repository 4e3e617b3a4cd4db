package io.segmentdo.warehouse.engine;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * Rows as RFC 4180 has them: null is nothing, an empty text is {@code ""}, lists and structs are JSON. Confined to one
 * thread.
 */
final class CsvRows implements RowWriter {
    private static final JsonFactory FACTORY = new JsonFactory();

    private final Head head;
    private final Bytes out;

    CsvRows(Head head, Bytes out) {
        this.head = head;
        this.out = out;
    }

    @Override
    public void begin() {
        StringBuilder line = new StringBuilder();
        for (Head.Column column : head.columns()) {
            append(line, column.name());
        }
        end(line);
    }

    @Override
    public void row(ResultSet result) throws SQLException, IOException {
        StringBuilder line = new StringBuilder(128);
        for (int i = 1; i <= head.columns().size(); i++) {
            append(line, text(result.getObject(i)));
        }
        end(line);
    }

    private static @Nullable String text(@Nullable Object value) throws SQLException, IOException {
        if (value == null) {
            return null;
        }
        if (!Values.isNested(value)) {
            return Values.text(value);
        }
        StringWriter json = new StringWriter();
        try (JsonGenerator generator = FACTORY.createGenerator(json)) {
            Values.write(generator, value);
        }
        return json.toString();
    }

    private static void append(StringBuilder line, @Nullable String text) {
        if (text == null) {
            line.append(',');
            return;
        }
        boolean quoted = text.isEmpty();
        for (int i = 0; i < text.length() && !quoted; i++) {
            char c = text.charAt(i);
            quoted = c == ',' || c == '"' || c == '\n' || c == '\r';
        }
        if (quoted) {
            line.append('"').append(text.replace("\"", "\"\"")).append("\",");
        } else {
            line.append(text).append(',');
        }
    }

    private void end(StringBuilder line) {
        line.setLength(line.length() - 1);
        out.text(line.append("\r\n").toString());
    }

    @Override
    public void end(long rows, boolean truncated) {
        // the last line is complete
    }
}
