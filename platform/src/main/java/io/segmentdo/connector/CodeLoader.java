package io.segmentdo.connector;

import java.lang.reflect.Constructor;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/** Finds the classes that a connector file names. Safe for concurrent use. */
final class CodeLoader {
    private final ClassLoader classes;

    CodeLoader(ClassLoader classes) {
        this.classes = classes;
    }

    /** Reads a class of a kind, whose instances its public constructor without arguments makes. */
    <T> Optional<Supplier<T>> read(YamlObject holder, String key, Class<T> kind) {
        String name = holder.text(key);
        try {
            Class<?> found = Class.forName(name, true, classes);
            if (!kind.isAssignableFrom(found)) {
                holder.problem(key, "a class that implements " + kind.getName());
                return Optional.empty();
            }
            Constructor<?> constructor = found.getConstructor();
            return Optional.of(() -> instance(constructor, kind));
        } catch (ReflectiveOperationException | LinkageError missing) {
            holder.problem(key, "the name of a public class in this JAR, with a public constructor without arguments");
            return Optional.empty();
        }
    }

    private static <T> T instance(Constructor<?> constructor, Class<T> kind) {
        try {
            return kind.cast(constructor.newInstance());
        } catch (ReflectiveOperationException failed) {
            throw new IllegalStateException(
                    constructor.getDeclaringClass().getName() + " cannot be made: " + failed.getCause(), failed);
        }
    }

    /** Reads {@code functions}: classes that implement {@link Function}, by the names that {@code @fn} calls them. */
    @SuppressWarnings("rawtypes") // what a class says of its type arguments is not known
    Map<String, Function> functions(YamlObject connector) {
        Map<String, Function> functions = new HashMap<>();
        YamlObject declared = connector.object("functions");
        declared.names()
                .forEach(name ->
                        read(declared, name, Function.class).ifPresent(made -> functions.put(name, made.get())));
        return functions;
    }
}
