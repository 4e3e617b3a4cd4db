package io.segmentdo.warehouse.engine;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.io.SerializedString;
import com.fasterxml.jackson.core.util.MinimalPrettyPrinter;
import java.io.IOException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Rows as objects: all in one with what is known about them, or one per line. A name that comes twice gets a number.
 * Confined to one thread.
 */
final class JsonRows implements RowWriter {
    private static final JsonFactory FACTORY = new JsonFactory();

    private final Head head;
    private final JsonGenerator out;
    private final boolean whole;
    private final List<SerializedString> names = new ArrayList<>();

    JsonRows(Head head, Bytes bytes, boolean whole) throws IOException {
        this.head = head;
        this.whole = whole;
        this.out = FACTORY.createGenerator(bytes).setPrettyPrinter(new MinimalPrettyPrinter(whole ? "" : "\n"));
        Set<String> taken = new HashSet<>();
        for (int i = 0; i < head.columns().size(); i++) {
            Head.Column column = head.columns().get(i);
            String name = column.name();
            for (int n = 1; !taken.add(name); n++) {
                name = column.name() + "_" + n;
            }
            names.add(new SerializedString(name));
        }
    }

    @Override
    public void begin() throws IOException {
        if (whole) {
            out.writeStartObject();
            out.writeArrayFieldStart("columns");
            for (int i = 0; i < head.columns().size(); i++) {
                out.writeStartObject();
                out.writeStringField("name", names.get(i).getValue());
                out.writeStringField("type", head.columns().get(i).type());
                out.writeEndObject();
            }
            out.writeEndArray();
            out.writeArrayFieldStart("rows");
        }
        out.flush();
    }

    @Override
    public void row(ResultSet result) throws SQLException, IOException {
        out.writeStartObject();
        for (int i = 0; i < head.columns().size(); i++) {
            out.writeFieldName(names.get(i));
            Values.write(out, result.getObject(i + 1));
        }
        out.writeEndObject();
        out.flush();
    }

    @Override
    public void end(long rows, boolean truncated) throws IOException {
        if (whole) {
            out.writeEndArray();
            out.writeNumberField("rowCount", rows);
            out.writeBooleanField("truncated", truncated);
            out.writeEndObject();
        } else if (rows > 0) {
            out.writeRaw('\n');
        }
        out.flush();
    }
}
