package io.segmentdo.config;

import io.segmentdo.config.Located.Fields;
import io.segmentdo.config.Located.Text;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;

/**
 * Reads immutable record trees: defaults, then YAML, then the environment, then what the command line says.
 *
 * <p>A record declares its keys by its components, its defaults by a static {@code DEFAULT} and its ranges in its compact
 * constructor ({@link Checks}). Everything that is wrong is reported together. Text may refer to secrets:
 * {@code ${env:NAME}}, or {@code ${file:path}} relative to the directory of the configuration. Confined to one thread.
 */
public final class ConfigLoader {
    private final Map<String, String> environment;
    private final References references;
    private final Map<String, String> retired = new HashMap<>();

    /**
     * @param environment the environment variables
     * @param directory where relative paths of {@code ${file:path}} start
     */
    public ConfigLoader(Map<String, String> environment, Path directory) {
        this.environment = Map.copyOf(environment);
        this.references = new References(environment, directory);
    }

    /** Declares a key that has another name now; whoever still uses the old one is told. */
    public ConfigLoader renamed(String oldKey, String newKey) {
        retired.put(oldKey, "is called " + newKey + " now");
        return this;
    }

    /** Declares a key that is no more, with one clause of what to do instead. */
    public ConfigLoader removed(String oldKey, String advice) {
        retired.put(oldKey, "was removed: " + advice);
        return this;
    }

    /**
     * The layered configuration of a node.
     *
     * @param type a record with a {@code DEFAULT}
     * @param file the YAML file, which may be absent
     * @param options values of the command line by path of the key; they win
     * @throws ConfigException with everything that is wrong
     */
    public <T extends Record> Loaded<T> load(Class<T> type, Path file, Map<String, String> options) {
        List<ConfigProblem> problems = new ArrayList<>();
        Fields fields = Files.exists(file) ? YamlReader.read(file, problems) : new Fields(Map.of(), file.toString());
        fields = withEnvironment(type, fields, problems);
        for (Map.Entry<String, String> option : options.entrySet()) {
            fields = fields.with(path(option.getKey()), Text.of(option.getValue(), "command line"));
        }
        return bind(type, fields, problems);
    }

    /**
     * The content of one file, which the environment does not change.
     *
     * @throws ConfigException with everything that is wrong
     */
    public <T extends Record> Loaded<T> read(Class<T> type, Path file) {
        List<ConfigProblem> problems = new ArrayList<>();
        return bind(type, YamlReader.read(file, problems), problems);
    }

    /**
     * The content of a text.
     *
     * @param name what messages call it
     * @param section the key below which it stands, if it is there; else the whole text counts
     * @throws ConfigException with everything that is wrong
     */
    public <T extends Record> Loaded<T> readText(Class<T> type, String text, String name, String section) {
        List<ConfigProblem> problems = new ArrayList<>();
        Fields whole = YamlReader.readText(text, name, problems);
        return bind(type, whole.fields().get(section) instanceof Fields part ? part : whole, problems);
    }

    private <T extends Record> Loaded<T> bind(Class<T> type, Fields fields, List<ConfigProblem> problems) {
        Binder binder = new Binder(references, retired, problems);
        Object bound = problems.isEmpty() ? binder.record(type, Binder.defaultOf(type), fields, "") : null;
        if (bound == null || !problems.isEmpty()) {
            throw new ConfigException(problems);
        }
        return new Loaded<>(type.cast(bound), binder.origins());
    }

    private Fields withEnvironment(Class<?> type, Fields fields, List<ConfigProblem> problems) {
        Map<String, String> paths = new LinkedHashMap<>();
        leaves(type, "", (path, component) -> paths.put(Keys.environmentVariable(path), path));
        Fields layered = fields;
        for (Map.Entry<String, String> variable : environment.entrySet()) {
            String path = paths.get(variable.getKey());
            String where = "environment variable " + variable.getKey();
            if (path != null) {
                layered = layered.with(path(path), Text.of(variable.getValue(), where));
            } else if (isMeantForUs(variable.getKey(), type)) {
                String hint = Keys.nearest(variable.getKey(), paths.keySet())
                        .map(nearest -> " (did you mean " + nearest + "?)")
                        .orElse("");
                problems.add(new ConfigProblem(where, "", "is not known" + hint));
            }
        }
        return layered;
    }

    /** Orchestrators set SEGMENTDO_SERVICE_HOST and the like by themselves, so only known sections are claimed. */
    private static boolean isMeantForUs(String variable, Class<?> type) {
        for (RecordComponent section : type.getRecordComponents()) {
            if (section.getType().isRecord() && variable.startsWith(Keys.environmentVariable(Keys.of(section)) + "_")) {
                return true;
            }
        }
        return false;
    }

    /** Walks over the keys of a record tree that hold values. */
    static void leaves(Class<?> type, String path, BiConsumer<String, RecordComponent> leaf) {
        for (RecordComponent component : type.getRecordComponents()) {
            String key = Keys.join(path, Keys.of(component));
            if (component.getType().isRecord()
                    && Scalars.of(component.getType()).isEmpty()) {
                leaves(component.getType(), key, leaf);
            } else {
                leaf.accept(key, component);
            }
        }
    }

    private static List<String> path(String key) {
        return List.of(key.split("\\.", -1));
    }
}
