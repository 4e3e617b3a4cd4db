package io.segmentdo.destination;

import io.segmentdo.api.Action;
import io.segmentdo.api.Batching;
import io.segmentdo.api.Descriptor;
import io.segmentdo.api.Field;
import io.segmentdo.api.Preset;
import io.segmentdo.api.RateLimit;
import io.segmentdo.api.Setting;
import java.util.List;
import java.util.Map;

/** The reference page of a destination, made from what it declares. Immutable. */
public final class DestinationReference {
    private final Descriptor descriptor;
    private final StringBuilder page = new StringBuilder();

    /** Of the destination that declares this. */
    public DestinationReference(Descriptor descriptor) {
        this.descriptor = descriptor;
    }

    /** The page. */
    public String markdown() {
        page.setLength(0);
        page.append("# ").append(descriptor.name()).append("\n\n");
        page.append("<!-- Generated from the descriptor; change that instead. -->\n\n");
        page.append(descriptor.description()).append("\n\n");
        page.append("```yaml\ndestinations:\n  - id: my-").append(descriptor.id());
        page.append("\n    plugin: ").append(descriptor.id()).append("\n```\n");
        settings();
        traits();
        presets();
        descriptor.actions().forEach(this::action);
        return page.toString();
    }

    private void settings() {
        page.append("\n## Settings\n\n| Setting | Type | Required | Default | |\n|---|---|---|---|---|\n");
        for (Setting setting : descriptor.settings()) {
            String type = setting.choices().isEmpty()
                    ? (setting.isSecret() ? "secret" : setting.type().name().toLowerCase(java.util.Locale.ROOT))
                    : String.join(", ", setting.choices());
            row(
                    code(setting.name()),
                    type,
                    setting.isRequired() ? "yes" : "",
                    setting.defaultValue()
                            .map(value -> code(String.valueOf(value)))
                            .orElse(""),
                    setting.help().isEmpty() ? setting.label() : setting.label() + ". " + setting.help());
        }
    }

    private void traits() {
        page.append("\n## Delivery\n\n");
        Batching batching = descriptor.batching();
        page.append(
                batching.gathers()
                        ? "- Up to " + batching.events() + " events go together.\n"
                        : "- Each event goes alone.\n");
        RateLimit rate = descriptor.rate();
        if (rate.requests() < RateLimit.NONE.requests()) {
            page.append("- At most ").append(rate.requests()).append(" requests per ");
            page.append(rate.per().toSeconds()).append(" s.\n");
        }
        if (rate.concurrency() < RateLimit.NONE.concurrency()) {
            page.append("- At most ").append(rate.concurrency()).append(" requests at a time.\n");
        }
        if (rate.daily() < RateLimit.NONE.daily()) {
            page.append("- At most ").append(rate.daily()).append(" requests a day.\n");
        }
        page.append(descriptor.testsCredentials() ? "- Credentials can be tested.\n" : "");
        page.append(descriptor.deletesUsers() ? "- Users can be deleted.\n" : "");
        page.append(descriptor.idempotency().isEmpty() ? "" : "- " + descriptor.idempotency() + "\n");
        for (var counterpart : descriptor.counterparts()) {
            page.append("- Takes mappings made for Segment's `")
                    .append(counterpart.slug())
                    .append("`.\n");
        }
    }

    private void presets() {
        if (descriptor.proposals().isEmpty()) {
            return;
        }
        page.append(
                "\n## Presets\n\nWhat a connection without subscriptions gets.\n\n| Preset | Action | Events |\n|---|---|---|\n");
        for (Preset preset : descriptor.proposals()) {
            row(preset.name(), code(preset.action()), code(preset.subscription()));
        }
    }

    private void action(Action action) {
        page.append("\n## ").append(action.name()).append("\n\n");
        page.append(code(action.id())).append(": ").append(action.description()).append("\n\n");
        List<Field> fields = action.fields();
        if (fields.isEmpty()) {
            return;
        }
        page.append("| Field | Type | Required | Default mapping |\n|---|---|---|---|\n");
        Map<String, Object> defaults = action.mapping();
        for (Field field : fields) {
            Object mapping = defaults.get(field.name());
            row(
                    code(field.name()),
                    field.type(),
                    field.required() ? "yes" : "",
                    mapping == null ? "" : code(shown(mapping)));
        }
    }

    /** A mapping in one line; the path alone where it is nothing but one. */
    private static String shown(Object mapping) {
        if (mapping instanceof Map<?, ?> map) {
            if (map.size() == 1 && map.get("@path") instanceof String path) {
                return path;
            }
            var members = new StringBuilder("{");
            map.forEach((key, value) -> members.append(members.length() == 1 ? "" : ", ")
                    .append(key)
                    .append(": ")
                    .append(shown(value)));
            return members.append("}").toString();
        }
        if (mapping instanceof List<?> list) {
            return list.stream().map(DestinationReference::shown).toList().toString();
        }
        return String.valueOf(mapping);
    }

    private void row(String... cells) {
        page.append("|");
        for (String cell : cells) {
            page.append(" ").append(cell.replace("|", "\\|").replace("\n", " ")).append(" |");
        }
        page.append("\n");
    }

    private static String code(String text) {
        return text.isEmpty() ? "" : "`" + text.replace("`", "'") + "`";
    }
}
