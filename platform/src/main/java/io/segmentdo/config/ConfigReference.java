package io.segmentdo.config;

import java.lang.reflect.RecordComponent;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** The reference page of all keys, made from the records themselves. Immutable. */
public final class ConfigReference {
    private final Class<? extends Record> type;

    public ConfigReference(Class<? extends Record> type) {
        this.type = type;
    }

    /** One heading per section with a table of its keys, defaults and environment variables. */
    public String markdown() {
        Object defaults = Binder.defaultOf(type);
        if (defaults == null) {
            throw new IllegalStateException(type + " has no DEFAULT");
        }
        StringBuilder page = new StringBuilder();
        for (RecordComponent section : type.getRecordComponents()) {
            page.append("\n## `").append(Keys.of(section)).append("`\n\n");
            Optional.ofNullable(section.getAnnotation(Doc.class))
                    .ifPresent(doc -> page.append(doc.value()).append("\n\n"));
            page.append("| Key | Default | What it does |\n| --- | --- | --- |\n");
            rows(section.getType(), Binder.read(section, defaults), Keys.of(section), page);
        }
        return page.toString();
    }

    private static void rows(Class<?> type, Object defaults, String path, StringBuilder page) {
        for (RecordComponent component : type.getRecordComponents()) {
            String key = Keys.join(path, Keys.of(component));
            Object value = Binder.read(component, defaults);
            if (component.getType().isRecord()
                    && Scalars.of(component.getType()).isEmpty()) {
                rows(component.getType(), value, key, page);
            } else {
                page.append("| `%s` | %s | %s |\n".formatted(key, cell(value), sentence(component)));
            }
        }
    }

    private static String sentence(RecordComponent component) {
        Doc doc = component.getAnnotation(Doc.class);
        if (doc == null) {
            throw new IllegalStateException(component + " has no @Doc");
        }
        return doc.value().replace("|", "\\|");
    }

    private static String cell(Object value) {
        String text = switch (value) {
            case Optional<?> optional -> optional.map(Scalars::format).orElse("");
            case List<?> list -> list.stream().map(Scalars::format).collect(Collectors.joining(", "));
            case Map<?, ?> map -> map.isEmpty() ? "" : map.toString();
            default -> Scalars.format(value);
        };
        return text.isEmpty() ? "" : "`" + text + "`";
    }
}
