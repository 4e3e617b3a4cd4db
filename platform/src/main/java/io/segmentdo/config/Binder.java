package io.segmentdo.config;

import io.segmentdo.config.Located.Fields;
import io.segmentdo.config.Located.Items;
import io.segmentdo.config.Located.Text;
import io.segmentdo.config.Scalars.Scalar;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Turns located pieces into records by their components, and collects everything that does not fit instead of stopping at
 * the first. A method returns null after it has reported why. Used once, by one thread.
 */
final class Binder {
    private final References references;
    private final Map<String, String> retired;
    private final List<ConfigProblem> problems;
    private final Origins.Builder origins = new Origins.Builder();

    Binder(References references, Map<String, String> retired, List<ConfigProblem> problems) {
        this.references = references;
        this.retired = retired;
        this.problems = problems;
    }

    Origins origins() {
        return origins.build();
    }

    @Nullable
    Object record(Class<?> type, @Nullable Object defaults, Fields fields, String path) {
        origins.put(path, fields);
        RecordComponent[] components = type.getRecordComponents();
        @Nullable Object[] values = new @Nullable Object[components.length];
        @Nullable Object[] fallbacks = new @Nullable Object[components.length];
        for (int i = 0; i < components.length; i++) {
            String key = Keys.of(components[i]);
            fallbacks[i] = fallback(components[i], defaults);
            values[i] = component(components[i], fallbacks[i], fields, Keys.join(path, key));
        }
        refuseUnknown(components, fields, path);
        return construct(type, components, values, fallbacks, fields, path);
    }

    private @Nullable Object component(
            RecordComponent component, @Nullable Object fallback, Fields fields, String path) {
        Located given = fields.fields().get(Keys.of(component));
        if (given == null || (given instanceof Text text && text.plain() == null)) {
            if (fallback == null) {
                problems.add(new ConfigProblem(fields.where(), path, "is missing (expected: " + doc(component) + ")"));
            }
            return fallback;
        }
        Object bound = value(component.getGenericType(), fallback, given, path);
        return bound == null ? fallback : bound;
    }

    private @Nullable Object construct(
            Class<?> type,
            RecordComponent[] components,
            @Nullable Object[] values,
            @Nullable Object[] fallbacks,
            Fields fields,
            String path) {
        Constructor<?> constructor = constructor(type, components);
        // A record stops at its first objection; with that value put right it tells the next one.
        for (int attempt = 0; attempt <= components.length; attempt++) {
            if (Arrays.stream(values).anyMatch(value -> value == null)) {
                return null;
            }
            try {
                return constructor.newInstance(values);
            } catch (InvocationTargetException e) {
                if (!(e.getCause() instanceof InvalidValueException invalid)) {
                    throw new IllegalStateException(type + " cannot be made", e.getCause());
                }
                report(invalid, fields, path);
                int refused = indexOf(components, invalid.key());
                if (refused < 0) {
                    return null;
                }
                values[refused] = Objects.equals(values[refused], fallbacks[refused]) ? null : fallbacks[refused];
            } catch (ReflectiveOperationException e) {
                throw new IllegalStateException(type + " is no usable record", e);
            }
        }
        return null;
    }

    private void report(InvalidValueException invalid, Fields fields, String path) {
        String key = Keys.join(path, invalid.key());
        String where = origins.find(key).map(Located::where).orElse(fields.where());
        String shown = origins.reference(key).orElse(invalid.value());
        problems.add(ConfigProblem.unexpected(where, key, shown, invalid.expected()));
    }

    private @Nullable Object value(Type type, @Nullable Object fallback, Located given, String path) {
        origins.put(path, given);
        if (type instanceof ParameterizedType generic) {
            Type[] arguments = generic.getActualTypeArguments();
            Type element = arguments[arguments.length - 1];
            if (generic.getRawType() == List.class) {
                return list(element, given, path);
            }
            if (generic.getRawType() == Map.class) {
                return map(element, given, path);
            }
            Object inner = value(element, null, given, path);
            return inner == null ? null : Optional.of(inner);
        }
        Class<?> plain = (Class<?>) type;
        if (Scalars.isSection(plain)) {
            return given instanceof Fields fields
                    ? record(plain, fallback == null ? defaultOf(plain) : fallback, fields, path)
                    : refuse(given, path, "keys and values");
        }
        if (plain == Object.class) {
            return anything(given, path);
        }
        Scalar scalar = Scalars.of(plain)
                .orElseThrow(() -> new IllegalStateException(path + ": no way to read a " + plain.getName()));
        return given instanceof Text text ? scalar(scalar, text, path) : refuse(given, path, scalar.expected());
    }

    private @Nullable Object scalar(Scalar scalar, Text text, String path) {
        String resolved = resolve(text, path);
        if (resolved == null) {
            return null;
        }
        try {
            return scalar.parse().apply(resolved);
        } catch (IllegalArgumentException | ArithmeticException e) {
            return refuse(text, path, scalar.expected());
        }
    }

    private @Nullable String resolve(Text text, String path) {
        try {
            return references.resolve(text.text());
        } catch (References.UnresolvedException e) {
            refuse(text, path, String.valueOf(e.getMessage()));
            return null;
        }
    }

    private @Nullable Object list(Type element, Located given, String path) {
        List<Located> items = switch (given) {
            case Items several -> several.items();
            case Text text ->
                Arrays.stream(text.text().split(",", -1))
                        .map(item -> (Located) Text.of(item.trim(), text.where()))
                        .toList();
            case Fields fields -> List.of();
        };
        if (given instanceof Fields) {
            return refuse(given, path, "a list");
        }
        List<Object> bound = new ArrayList<>();
        for (int i = 0; i < items.size(); i++) {
            Object item = value(element, null, items.get(i), path + "[" + i + "]");
            if (item != null) {
                bound.add(item);
            }
        }
        return bound.size() == items.size() ? List.copyOf(bound) : null;
    }

    private @Nullable Object map(Type element, Located given, String path) {
        if (!(given instanceof Fields fields)) {
            return refuse(given, path, "keys and values");
        }
        Map<String, Object> bound = new LinkedHashMap<>();
        fields.fields().forEach((key, value) -> {
            Object converted = value(element, null, value, Keys.join(path, key));
            if (converted != null) {
                bound.put(key, converted);
            }
        });
        return bound;
    }

    /** Free-form values of plugins and mappings: what JSON can say; a null is as good as left out. */
    private @Nullable Object anything(Located given, String path) {
        return switch (given) {
            case Fields fields -> map(Object.class, fields, path);
            case Items items -> list(Object.class, items, path);
            case Text text -> text.plain() instanceof String ? resolve(text, path) : text.plain();
        };
    }

    private @Nullable Object refuse(Located given, String path, String expected) {
        problems.add(ConfigProblem.unexpected(given.where(), path, given.shown(), expected));
        return null;
    }

    private void refuseUnknown(RecordComponent[] components, Fields fields, String path) {
        List<String> known = Arrays.stream(components).map(Keys::of).toList();
        fields.fields().forEach((key, value) -> {
            if (!known.contains(key)) {
                String keyPath = Keys.join(path, key);
                String advice = retired.getOrDefault(keyPath, "");
                problems.add(new ConfigProblem(
                        value.where(), keyPath, advice.isEmpty() ? "is not known" + hint(key, known) : advice));
            }
        });
    }

    private static String hint(String key, List<String> known) {
        return Keys.nearest(key, known)
                .map(nearest -> " (did you mean " + nearest + "?)")
                .orElse(" (expected: one of " + String.join(", ", known) + ")");
    }

    private static @Nullable Object fallback(RecordComponent component, @Nullable Object defaults) {
        if (defaults != null) {
            return read(component, defaults);
        }
        Default declared = component.getAnnotation(Default.class);
        if (declared != null) {
            return Scalars.of(component.getType())
                    .map(scalar -> scalar.parse().apply(declared.value()))
                    .orElse(null);
        }
        if (component.getType() == List.class) {
            return List.of();
        }
        if (component.getType() == Map.class) {
            return Map.of();
        }
        return component.getType() == Optional.class ? Optional.empty() : defaultOf(component.getType());
    }

    static @Nullable Object defaultOf(Class<?> type) {
        try {
            var field = type.getDeclaredField("DEFAULT");
            field.setAccessible(true);
            return field.get(null);
        } catch (ReflectiveOperationException e) {
            return null;
        }
    }

    static Object read(RecordComponent component, Object record) {
        try {
            component.getAccessor().setAccessible(true);
            return component.getAccessor().invoke(record);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(component + " cannot be read", e);
        }
    }

    private static Constructor<?> constructor(Class<?> type, RecordComponent[] components) {
        try {
            Class<?>[] types =
                    Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
            Constructor<?> constructor = type.getDeclaredConstructor(types);
            constructor.setAccessible(true);
            return constructor;
        } catch (NoSuchMethodException e) {
            throw new IllegalStateException(type + " has no canonical constructor", e);
        }
    }

    private static int indexOf(RecordComponent[] components, String key) {
        for (int i = 0; i < components.length; i++) {
            String name = Keys.of(components[i]);
            if (key.equals(name) || key.startsWith(name + ".") || key.startsWith(name + "[")) {
                return i;
            }
        }
        return -1;
    }

    private static String doc(RecordComponent component) {
        Doc doc = component.getAnnotation(Doc.class);
        return doc == null ? "a value" : doc.value();
    }
}
