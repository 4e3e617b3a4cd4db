package io.segmentdo.mapping;

import io.segmentdo.mapping.FqlNode.Condition;
import io.segmentdo.mapping.FqlNode.Field;
import io.segmentdo.mapping.FqlNode.Group;
import io.segmentdo.mapping.FqlNode.Junction;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Expressions as the JSON trees in which Segment's own editor keeps them. */
final class FqlTrees {
    private FqlTrees() {}

    /** The tree of an expression; the outermost node is always a group. */
    static Map<String, @Nullable Object> write(FqlNode node) {
        return writeNode(node instanceof Group ? node : new Group(Junction.AND, List.of(node)));
    }

    private static Map<String, @Nullable Object> writeNode(FqlNode node) {
        var tree = new LinkedHashMap<String, @Nullable Object>();
        switch (node) {
            case Group group -> {
                tree.put("type", "group");
                tree.put("operator", group.junction().name().toLowerCase(Locale.ROOT));
                tree.put(
                        "children",
                        group.children().stream().map(FqlTrees::writeNode).toList());
            }
            case Condition condition -> {
                tree.put("type", condition.field().segmentName());
                if (condition.field().hasPath()) {
                    tree.put("name", condition.path());
                }
                tree.put("operator", condition.operator().segmentName());
                if (condition.value() != null) {
                    tree.put("value", condition.value());
                }
            }
        }
        return tree;
    }

    /** The expression of a tree. */
    static FqlNode read(Map<?, ?> tree) {
        String operator = String.valueOf(tree.get("operator"));
        if (tree.get("children") instanceof List<?> children) {
            var nodes = children.stream().map(child -> read((Map<?, ?>) child)).toList();
            return new Group(Junction.valueOf(operator.toUpperCase(Locale.ROOT)), nodes);
        }
        for (Field field : Field.values()) {
            if (field.segmentName().equals(tree.get("type"))) {
                Object name = tree.get("name");
                return new Condition(field, name == null ? "" : name.toString(), operator(operator), tree.get("value"));
            }
        }
        throw new MappingException("no type of condition: " + tree.get("type"));
    }

    private static FqlOperator operator(String name) {
        for (FqlOperator operator : FqlOperator.values()) {
            if (operator.segmentName().equals(name)) {
                return operator;
            }
        }
        throw new MappingException("no operator: " + name);
    }
}
