package io.segmentdo.connector;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
 * A YAML file as plain values that remembers on which line each of them stands, and what is wrong with them.
 *
 * <p>Confined to its thread.
 */
final class YamlFile {
    private static final int CHARS_MAX = 1 << 20;
    private static final int NODES_MAX = 20_000;
    private static final int DEPTH_MAX = 80;
    private static final int ALIASES_MAX = 100;

    private final String name;
    private final Map<String, Integer> lines = new HashMap<>();
    private final List<ConnectorProblem> problems = new ArrayList<>();
    private int nodes;

    private YamlFile(String name) {
        this.name = name;
    }

    /**
     * The outermost object of a file.
     *
     * @throws InvalidConnectorException where there is none
     */
    static YamlObject read(String name, String yaml) {
        return read(name, yaml, new SchemaNode());
    }

    /** The outermost object of a file, of which the loader's questions are noted down. */
    static YamlObject read(String name, String yaml, SchemaNode schema) {
        var file = new YamlFile(name);
        Map<String, @Nullable Object> root = file.root(yaml);
        if (root.isEmpty()) {
            throw new InvalidConnectorException(file.problems());
        }
        return new YamlObject(file, "", root, schema);
    }

    private Map<String, @Nullable Object> root(String yaml) {
        var settings = LoadSettings.builder()
                .setLabel(name)
                .setCodePointLimit(CHARS_MAX)
                .setMaxAliasesForCollections(ALIASES_MAX)
                .build();
        try {
            var root = new Compose(settings).composeString(yaml);
            if (root.isPresent()
                    && root.get() instanceof MappingNode mapping
                    && !mapping.getValue().isEmpty()) {
                return object(mapping, "", 0);
            }
            problem("", null, "an object with id, settings and actions");
        } catch (MarkedYamlEngineException e) {
            e.getProblemMark().ifPresent(mark -> lines.put("", mark.getLine() + 1));
            problem("", e.getProblem(), "valid YAML");
        } catch (YamlEngineException e) {
            problem("", e.getMessage(), "valid YAML");
        }
        return Map.of();
    }

    private @Nullable Object value(Node node, String path, int depth) {
        if (++nodes > NODES_MAX || depth > DEPTH_MAX) {
            throw new YamlEngineException("more than " + NODES_MAX + " values or " + DEPTH_MAX + " levels");
        }
        node.getStartMark().ifPresent(mark -> lines.putIfAbsent(path, mark.getLine() + 1));
        return switch (node) {
            case MappingNode mapping -> object(mapping, path, depth);
            case SequenceNode sequence -> {
                var list = new ArrayList<@Nullable Object>();
                for (Node element : sequence.getValue()) {
                    list.add(value(element, path + "/" + list.size(), depth + 1));
                }
                yield list;
            }
            case ScalarNode scalar -> scalar(scalar);
            default -> throw new YamlEngineException("an alias that contains itself");
        };
    }

    private Map<String, @Nullable Object> object(MappingNode mapping, String path, int depth) {
        var object = new LinkedHashMap<String, @Nullable Object>();
        for (NodeTuple member : mapping.getValue()) {
            String key = member.getKeyNode() instanceof ScalarNode scalar ? scalar.getValue() : "";
            String place = path + "/" + key;
            member.getKeyNode().getStartMark().ifPresent(mark -> lines.put(place, mark.getLine() + 1));
            if (object.containsKey(key)) {
                problem(place, key, "every key once");
            }
            object.put(key, value(member.getValueNode(), place, depth + 1));
        }
        return object;
    }

    private static @Nullable Object scalar(ScalarNode scalar) {
        String text = scalar.getValue();
        Tag tag = scalar.getTag();
        if (tag.equals(Tag.NULL)) {
            return null;
        }
        if (tag.equals(Tag.BOOL)) {
            return Boolean.valueOf(text);
        }
        if (tag.equals(Tag.INT)) {
            var number = new BigInteger(text);
            return number.bitLength() < Integer.SIZE ? (Object) number.intValue() : (Object) number.longValue();
        }
        return tag.equals(Tag.FLOAT) ? (Object) Double.valueOf(text) : text;
    }

    /** Reports a fault. */
    void problem(String path, @Nullable Object value, String expectation) {
        String known = path;
        while (!lines.containsKey(known) && !known.isEmpty()) {
            known = known.substring(0, known.lastIndexOf('/'));
        }
        String shown = path.isEmpty() ? "/" : path;
        problems.add(new ConnectorProblem(name, lines.getOrDefault(known, 1), shown, value, expectation));
    }

    /** Everything that was reported. */
    List<ConnectorProblem> problems() {
        return problems;
    }
}
