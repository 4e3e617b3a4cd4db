package io.segmentdo.connector;

import io.segmentdo.api.Field;
import io.segmentdo.mapping.Mapping;
import io.segmentdo.mapping.Scope;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A field of an action: a value that the mapping of a subscription gives, or a member of such a value.
 *
 * <p>Immutable.
 *
 * @param name its name
 * @param label for people
 * @param description a sentence, or empty
 * @param required whether an event without it is refused
 * @param requiredWhen whether it is refused in some cases only; sees the fields
 * @param shape what its value must look like
 */
record FieldPlan(
        String name,
        String label,
        String description,
        boolean required,
        Optional<Mapping> requiredWhen,
        ValueShape shape) {
    private static final String[] KEYS = {
        "like",
        "label",
        "type",
        "required",
        "default",
        "description",
        "many",
        "nullable",
        "choices",
        "format",
        "min",
        "max",
        "members",
        "open"
    };

    /** Reads {@code fields}, or {@code members} of one; each may be like a shared one, which it then completes. */
    static Map<String, FieldPlan> read(YamlObject holder, String key, YamlObject shared, boolean outermost) {
        var fields = new LinkedHashMap<String, FieldPlan>();
        holder.object(key).eachObject((name, own) -> {
            own.takes("like", SchemaNode.Kind.PLAIN)
                    .takes("default", SchemaNode.Kind.MAPPING)
                    .takes("open", SchemaNode.Kind.FLAG);
            YamlObject field = complete(name, own, shared).allow(KEYS);
            boolean isCondition = field.raw("required") instanceof Map<?, ?>;
            boolean required = !isCondition && field.flag("required");
            if (required && outermost && !field.has("default")) {
                field.problem("default", "a mapping, as the field is required");
            }
            fields.put(
                    name,
                    new FieldPlan(
                            name,
                            field.text("label", name),
                            field.text("description", ""),
                            required,
                            isCondition ? Optional.of(field.mapping("required", Set.of("field"))) : Optional.empty(),
                            ValueShape.read(field, read(field, "members", shared, false))));
        });
        return fields;
    }

    /** The default mappings by field. */
    static Map<String, Object> defaults(YamlObject action, YamlObject shared) {
        Map<String, Object> defaults = new LinkedHashMap<>();
        action.object("fields").eachObject((name, own) -> {
            YamlObject field = complete(name, own, shared);
            Object value = field.takes("default", SchemaNode.Kind.MAPPING).raw("default");
            if (value != null) {
                field.mapping("default", Set.of());
                defaults.put(name, value);
            }
        });
        return defaults;
    }

    /** What forms and reference pages say of it. */
    Field declared() {
        return new Field(name, label, shape.describe(), required);
    }

    private static YamlObject complete(String name, YamlObject own, YamlObject shared) {
        if (!own.has("like")) {
            return own;
        }
        String model = own.takes("like", SchemaNode.Kind.PLAIN).raw("like") instanceof String text ? text : name;
        if (!shared.has(model)) {
            own.problem("like", "a field among the shared ones");
            return own;
        }
        return own.over(complete(model, shared.object(model), shared));
    }

    /**
     * Values in the shapes of their fields; those that are missing are left out.
     *
     * @param open whether values without a field stay
     * @throws RefusedException with everything that is wrong
     */
    static Map<String, @Nullable Object> convert(
            Map<String, FieldPlan> fields, Map<String, @Nullable Object> given, String place, boolean open)
            throws RefusedException {
        var problems = new ArrayList<String>();
        // in what Segment sends in batches, an empty text stays
        boolean dropsEmpty = place.isEmpty() && !Boolean.TRUE.equals(given.get("enable_batching"));
        Map<String, @Nullable Object> values = new LinkedHashMap<>();
        given.forEach((name, value) -> {
            FieldPlan field = fields.get(name);
            if (field == null) {
                if (open) {
                    values.put(name, value);
                }
            } else if (!field.shape.isMissing(value, dropsEmpty)) {
                try {
                    values.put(name, field.shape.convert(value, place + name));
                } catch (RefusedException unfit) {
                    problems.add(String.valueOf(unfit.getMessage()));
                }
            }
        });
        for (FieldPlan field : fields.values()) {
            if (!given.containsKey(field.name) || !values.containsKey(field.name)) {
                boolean needed = field.required
                        || field.requiredWhen.map(when -> holds(when, values)).orElse(false);
                if (needed && problems.stream().noneMatch(problem -> problem.startsWith(place + field.name))) {
                    problems.add(place + field.name + ": missing");
                }
            }
        }
        if (!problems.isEmpty()) {
            throw new RefusedException(String.join("; ", problems));
        }
        return values;
    }

    private static boolean holds(Mapping condition, Map<String, @Nullable Object> values) {
        return Boolean.TRUE.equals(condition.apply(Scope.of(null).with("field", values)));
    }
}
