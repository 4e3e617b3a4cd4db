package io.segmentdo.config;

import io.segmentdo.config.Located.Fields;
import io.segmentdo.config.Located.Items;
import io.segmentdo.config.Located.Text;
import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/**
 * Reads YAML into located pieces: no types of the file's choosing, bounded in size, depth and aliases, every key once.
 */
final class YamlReader {
    private static final int FILE_BYTES_MAX = 1 << 20;
    private static final int DEPTH_MAX = 32;
    private static final int NODES_MAX = 100_000;

    private final String name;
    private final List<ConfigProblem> problems;
    private int nodes;

    private YamlReader(String name, List<ConfigProblem> problems) {
        this.name = name;
        this.problems = problems;
    }

    /** The content of a file, without keys when it is empty or broken; what is wrong goes to the problems. */
    static Fields read(Path file, List<ConfigProblem> problems) {
        return new YamlReader(file.toString(), problems).read(file);
    }

    /** The content of a text, whose name messages tell. */
    static Fields readText(String text, String name, List<ConfigProblem> problems) {
        return new YamlReader(name, problems).read(text);
    }

    private Fields read(Path file) {
        try {
            if (Files.size(file) > FILE_BYTES_MAX) {
                problems.add(ConfigProblem.unexpected(name, "", Files.size(file) + " bytes", "at most 1MiB"));
                return nothing();
            }
            return read(Files.readString(file));
        } catch (MalformedInputException e) {
            problems.add(ConfigProblem.unexpected(name, "", "not UTF-8", "UTF-8 text"));
        } catch (IOException e) {
            problems.add(ConfigProblem.unexpected(name, "", "cannot be read: " + e.getMessage(), "a readable file"));
        }
        return nothing();
    }

    private Fields nothing() {
        return new Fields(Map.of(), name);
    }

    private Fields read(String yaml) {
        try {
            return root(yaml).orElse(nothing());
        } catch (MarkedYamlEngineException e) {
            String line =
                    e.getProblemMark().map(mark -> ":" + (mark.getLine() + 1)).orElse("");
            problems.add(ConfigProblem.unexpected(name + line, "", String.valueOf(e.getProblem()), "valid YAML"));
        } catch (YamlEngineException e) {
            problems.add(ConfigProblem.unexpected(name, "", String.valueOf(e.getMessage()), "valid YAML"));
        }
        return nothing();
    }

    private Optional<Fields> root(String yaml) {
        LoadSettings settings = LoadSettings.builder()
                .setLabel(name)
                .setMaxAliasesForCollections(20)
                .setCodePointLimit(FILE_BYTES_MAX)
                .build();
        Optional<Node> root = new Compose(settings).composeString(yaml);
        if (root.isEmpty() || root.get().getTag().equals(Tag.NULL)) {
            return Optional.empty();
        }
        if (located(root.get(), "", 0) instanceof Fields fields) {
            return Optional.of(fields);
        }
        problems.add(ConfigProblem.unexpected(where(root.get()), "", "no keys", "a mapping of keys to values"));
        return Optional.empty();
    }

    private @Nullable Located located(Node node, String path, int depth) {
        if (depth > DEPTH_MAX || ++nodes > NODES_MAX) {
            String found = depth > DEPTH_MAX ? "nested too deeply" : "too many values";
            problems.add(ConfigProblem.unexpected(
                    where(node), path, found, "at most " + DEPTH_MAX + " levels and " + NODES_MAX + " values"));
            return null;
        }
        return switch (node) {
            case MappingNode mapping -> fields(mapping, path, depth);
            case SequenceNode sequence -> items(sequence, path, depth);
            case ScalarNode scalar -> new Text(scalar.getValue(), plain(scalar), where(scalar));
            default -> null;
        };
    }

    private Fields fields(MappingNode mapping, String path, int depth) {
        Map<String, Located> fields = new LinkedHashMap<>();
        for (NodeTuple tuple : mapping.getValue()) {
            if (!(tuple.getKeyNode() instanceof ScalarNode key)) {
                problems.add(ConfigProblem.unexpected(where(tuple.getKeyNode()), path, "a composed key", "a word"));
                continue;
            }
            String name = key.getValue();
            String keyPath = path.isEmpty() ? name : path + "." + name;
            Located value = located(tuple.getValueNode(), keyPath, depth + 1);
            if (value != null && fields.putIfAbsent(name, value) != null) {
                problems.add(new ConfigProblem(
                        where(key),
                        keyPath,
                        "is given twice (first at " + fields.get(name).where() + ")"));
            }
        }
        return new Fields(fields, where(mapping));
    }

    private Items items(SequenceNode sequence, String path, int depth) {
        List<Located> items = new ArrayList<>();
        for (Node item : sequence.getValue()) {
            Located value = located(item, path + "[" + items.size() + "]", depth + 1);
            if (value != null) {
                items.add(value);
            }
        }
        return new Items(items, where(sequence));
    }

    private static @Nullable Object plain(ScalarNode scalar) {
        String text = scalar.getValue();
        Tag tag = scalar.getTag();
        if (tag.equals(Tag.NULL)) {
            return null;
        }
        if (tag.equals(Tag.BOOL)) {
            return Boolean.valueOf(text);
        }
        try {
            if (tag.equals(Tag.INT)) {
                return Long.valueOf(text);
            }
            if (tag.equals(Tag.FLOAT)) {
                return Double.valueOf(text);
            }
        } catch (NumberFormatException e) {
            return text; // .inf, or beyond 64 bits: what JSON cannot say stays text
        }
        return text;
    }

    private String where(Node node) {
        return node.getStartMark()
                .map(mark -> name + ":" + (mark.getLine() + 1))
                .orElse(name);
    }
}
