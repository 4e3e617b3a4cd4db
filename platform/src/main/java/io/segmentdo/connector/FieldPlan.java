package io.segmentdo.connector;

import io.segmentdo.mapping.Mapping;
import io.segmentdo.mapping.Scope;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A field of an action: a value that the mapping of a subscription gives.
 *
 * <p>Immutable.
 *
 * @param name its name
 * @param type any, text, number, integer, boolean, list or object
 * @param required whether an event without it is refused
 * @param cast makes another value into one of the type
 */
record FieldPlan(String name, String type, boolean required, Optional<Mapping> cast) {
    /** Reads {@code fields}. */
    static List<FieldPlan> read(YamlObject action) {
        var fields = new ArrayList<FieldPlan>();
        action.object("fields").eachObject((name, field) -> {
            field.allow("type", "required", "default", "description");
            String type = field.choice("type", "any", "text", "number", "integer", "boolean", "list", "object");
            boolean isScalar = List.of("text", "number", "integer", "boolean").contains(type);
            boolean required = field.flag("required");
            if (required && !field.has("default")) {
                field.problem("default", "a mapping, as the field is required");
            }
            fields.add(new FieldPlan(name, type, required, isScalar ? Optional.of(cast(type)) : Optional.empty()));
        });
        return fields;
    }

    private static Mapping cast(String type) {
        return Mapping.compile(Map.of("@cast", Map.of("value", Map.of("@path", "."), "to", type)));
    }

    /** What is wrong with a value, if anything. */
    Optional<String> findProblem(@Nullable Object given, @Nullable Object converted) {
        if (given == null || "".equals(given)) {
            return required ? Optional.of(name + ": missing") : Optional.empty();
        }
        boolean fits = converted != null && (!type.equals("object") || converted instanceof Map<?, ?>);
        return fits ? Optional.empty() : Optional.of(name + ": not of type " + type);
    }

    /** A value as one of the type; null where that cannot be. */
    @Nullable
    Object convert(@Nullable Object value) {
        if (value == null) {
            return null;
        }
        if (type.equals("list")) {
            return value instanceof List<?> ? value : List.of(value);
        }
        return cast.isPresent() ? cast.get().apply(Scope.of(value)) : value;
    }
}
