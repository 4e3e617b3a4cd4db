package io.segmentdo.connector;

import io.segmentdo.api.Json;
import io.segmentdo.mapping.Mapping;
import io.segmentdo.mapping.Scope;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/** How the value of a body becomes bytes. Immutable. */
enum BodyKind {
    JSON("application/json"),
    FORM("application/x-www-form-urlencoded"),
    NDJSON("application/x-ndjson"),
    CSV("text/csv; charset=utf-8"),
    XML("application/xml"),
    TEXT("text/plain; charset=utf-8");

    private static final Mapping AS_TEXT = Mapping.compile(Map.of("@template", "{{.}}"));

    private final String contentType;

    BodyKind(String contentType) {
        this.contentType = contentType;
    }

    /** The names in connector files. */
    static String[] words() {
        return new String[] {"json", "form", "ndjson", "csv", "xml", "text"};
    }

    String contentType() {
        return contentType;
    }

    /**
     * The bytes of a value.
     *
     * @throws IllegalArgumentException if it cannot be written so
     */
    byte[] write(@Nullable Object value, Json json) {
        return switch (this) {
            case JSON -> value == null ? "null".getBytes(StandardCharsets.UTF_8) : json.write(value);
            case NDJSON -> lines(value, json);
            case FORM -> form(value).getBytes(StandardCharsets.UTF_8);
            case CSV -> csv(value).getBytes(StandardCharsets.UTF_8);
            case XML -> xml(value).getBytes(StandardCharsets.UTF_8);
            case TEXT -> text(value).getBytes(StandardCharsets.UTF_8);
        };
    }

    private static byte[] lines(@Nullable Object value, Json json) {
        var lines = new ByteArrayOutputStream();
        for (Object line : value instanceof List<?> list ? list : List.of()) {
            lines.writeBytes(json.write(line));
            lines.write('\n');
        }
        return lines.toByteArray();
    }

    /** Members of an object as a form; those of a list one by one, without nulls. */
    static String form(@Nullable Object value) {
        var pairs = new StringJoiner("&");
        if (value instanceof Map<?, ?> map) {
            map.forEach((key, member) -> {
                for (Object single : member instanceof List<?> list ? list : single(member)) {
                    pairs.add(UrlTemplate.encode(String.valueOf(key)) + "=" + UrlTemplate.encode(text(single)));
                }
            });
        }
        return pairs.toString();
    }

    private static List<?> single(@Nullable Object value) {
        return value == null ? List.of() : List.of(value);
    }

    /** A list of objects as lines, after one with the names of all their members. */
    private static String csv(@Nullable Object value) {
        List<?> rows = value instanceof List<?> list ? list : single(value);
        Set<String> columns = new LinkedHashSet<>();
        for (Object row : rows) {
            if (!(row instanceof Map<?, ?> members)) {
                throw new IllegalArgumentException("a row that is no object");
            }
            members.keySet().forEach(name -> columns.add(String.valueOf(name)));
        }
        var lines = new StringJoiner("\r\n", "", "\r\n");
        lines.add(String.join(",", columns.stream().map(BodyKind::cell).toList()));
        for (Object row : rows) {
            var cells = new StringJoiner(",");
            columns.forEach(column -> cells.add(cell(row instanceof Map<?, ?> members ? members.get(column) : null)));
            lines.add(cells.toString());
        }
        return lines.toString();
    }

    private static String cell(@Nullable Object value) {
        String text = text(value);
        boolean isPlain = text.chars().noneMatch(c -> c == ',' || c == '"' || c == '\n' || c == '\r');
        return isPlain ? text : "\"" + text.replace("\"", "\"\"") + "\"";
    }

    /** An object with one member as an element; members that start with a dash are attributes, {@code #text} is text. */
    private static String xml(@Nullable Object value) {
        if (!(value instanceof Map<?, ?> map) || map.size() != 1) {
            throw new IllegalArgumentException("no single element");
        }
        var xml = new StringBuilder("<?xml version=\"1.0\" encoding=\"UTF-8\"?>");
        map.forEach((name, content) -> element(xml, String.valueOf(name), content));
        return xml.toString();
    }

    private static void element(StringBuilder xml, String name, @Nullable Object content) {
        if (!name.matches("[A-Za-z_][A-Za-z0-9._:-]*")) {
            throw new IllegalArgumentException("an element without a proper name");
        }
        if (content instanceof List<?> many) {
            many.forEach(one -> element(xml, name, one));
            return;
        }
        xml.append('<').append(name);
        if (content instanceof Map<?, ?> members) {
            members.forEach((key, member) -> {
                String attribute = String.valueOf(key);
                if (attribute.startsWith("-") && member != null) {
                    xml.append(' ')
                            .append(attribute.substring(1))
                            .append("=\"")
                            .append(escaped(text(member)))
                            .append('"');
                }
            });
            xml.append('>');
            members.forEach((key, member) -> {
                String child = String.valueOf(key);
                if (child.equals("#text")) {
                    xml.append(escaped(text(member)));
                } else if (!child.startsWith("-")) {
                    element(xml, child, member);
                }
            });
        } else {
            xml.append('>').append(escaped(text(content)));
        }
        xml.append("</").append(name).append('>');
    }

    private static String escaped(String text) {
        var escaped = new StringBuilder();
        text.codePoints().forEach(c -> {
            switch (c) {
                case '<' -> escaped.append("&lt;");
                case '>' -> escaped.append("&gt;");
                case '&' -> escaped.append("&amp;");
                case '"' -> escaped.append("&quot;");
                default -> escaped.appendCodePoint(c < ' ' && c != '\n' && c != '\t' && c != '\r' ? ' ' : c);
            }
        });
        return escaped.toString();
    }

    /** A value as in templates. */
    static String text(@Nullable Object value) {
        return value instanceof String text ? text : String.valueOf(AS_TEXT.apply(Scope.of(value)));
    }
}
