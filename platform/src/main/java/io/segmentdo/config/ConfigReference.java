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

    private static final String INTRODUCTION = """
            # Configuration

            Every key of `config/platform.yaml` with its default. This page is made from the configuration records; a test
            keeps it so (`./mvnw verify -Dreference.update` writes it anew).

            A value is taken from the command line, else from the environment, else from the file, else from the default. The
            environment variable of `section.some-key` is `SEGMENTDO_SECTION_SOME_KEY`; lists are separated by commas there.
            Durations are written `500ms`, `30s`, `5m`, `4h`, `7d`, sizes `512KiB`, `4MiB`, `2GB`. Wherever a text stands,
            `${env:NAME}` and `${file:path}` stand for a value kept elsewhere, relative to the directory of the configuration;
            such values and all secrets are masked when the configuration is shown. An unknown key, a value out of range or a
            reference that leads nowhere stops the start, and all of them are named at once.

            Workspaces, sources and destinations are not configured here but in `config/workspaces/<id>.yaml`, which may change
            while the node runs: see the [operator's guide](operations.md).
            """;

    /** One heading per section with a table of its keys, defaults and environment variables. */
    public String markdown() {
        Object defaults = Binder.defaultOf(type);
        if (defaults == null) {
            throw new IllegalStateException(type + " has no DEFAULT");
        }
        StringBuilder page = new StringBuilder(INTRODUCTION);
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
