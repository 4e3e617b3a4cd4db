package io.segmentdo.r2;

import io.segmentdo.api.Json;
import io.segmentdo.api.OutboundEvent;
import io.segmentdo.api.Settings;
import io.segmentdo.api.rows.EventRows;
import io.segmentdo.api.rows.Row;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.zip.GZIPOutputStream;

/**
 * How events stand in a file; the same events make the same bytes.
 *
 * <p>Immutable.
 *
 * @param isCsv or else JSON, one event a line
 * @param isCompressed by gzip
 */
record FileFormat(boolean isCsv, boolean isCompressed) {
    static FileFormat of(Settings settings) {
        return new FileFormat(settings.text("format").equals("csv"), settings.flag("gzip"));
    }

    String extension() {
        return (isCsv ? ".csv" : ".jsonl") + (isCompressed ? ".gz" : "");
    }

    String mediaType() {
        return isCompressed ? "application/gzip" : isCsv ? "text/csv" : "application/x-ndjson";
    }

    /** The content of a file. */
    byte[] write(List<OutboundEvent> events, Json json) throws IOException {
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        try (OutputStream out = isCompressed ? new GZIPOutputStream(file) : file) {
            if (isCsv) {
                csv(events, new EventRows(json, false), out);
            } else {
                for (OutboundEvent event : events) {
                    out.write(oneLine(event.payloadJson()));
                    out.write('\n');
                }
            }
        }
        return file.toByteArray();
    }

    /** Line breaks in JSON are never within a text. */
    private static byte[] oneLine(byte[] json) {
        byte[] line = json.clone();
        for (int i = 0; i < line.length; i++) {
            if (line[i] == '\n' || line[i] == '\r') {
                line[i] = ' ';
            }
        }
        return line;
    }

    private static void csv(List<OutboundEvent> events, EventRows shape, OutputStream out) throws IOException {
        List<Row> rows =
                events.stream().map(event -> shape.whole(event.asMap())).toList();
        Set<String> columns = new LinkedHashSet<>();
        rows.forEach(row -> columns.addAll(row.values().keySet()));
        line(columns.stream().toList(), out);
        for (Row row : rows) {
            line(
                    columns.stream()
                            .map(column -> String.valueOf(row.values().getOrDefault(column, "")))
                            .toList(),
                    out);
        }
    }

    private static void line(List<String> fields, OutputStream out) throws IOException {
        String line = fields.stream().map(FileFormat::quoted).collect(Collectors.joining(",")) + "\r\n";
        out.write(line.getBytes(StandardCharsets.UTF_8));
    }

    private static String quoted(String field) {
        boolean isPlain = field.chars().noneMatch(c -> c == ',' || c == '"' || c == '\n' || c == '\r');
        return isPlain ? field : '"' + field.replace("\"", "\"\"") + '"';
    }
}
