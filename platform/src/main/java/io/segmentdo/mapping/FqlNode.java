package io.segmentdo.mapping;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** A parsed FQL expression: conditions, joined by groups. Immutable. */
sealed interface FqlNode {
    /** The expression as one predicate over an event. */
    Predicate<Map<String, Object>> compile();

    /** The expression as FQL text. */
    String text();

    /** How the members of a group are joined. */
    enum Junction {
        AND,
        OR
    }

    /** The part of an event that a condition looks at. */
    enum Field {
        TYPE("type", "event-type"),
        EVENT("event", "event"),
        NAME("name", "name"),
        USER_ID("userId", "userId"),
        PROPERTIES("properties", "event-property"),
        TRAITS("traits", "event-trait"),
        CONTEXT("context", "event-context");

        private final String key;
        private final String segmentName;

        Field(String key, String segmentName) {
            this.key = key;
            this.segmentName = segmentName;
        }

        /** The name in Segment's syntax trees. */
        String segmentName() {
            return segmentName;
        }

        /** The member of the event. */
        String key() {
            return key;
        }

        /** Whether a path into the member follows. */
        boolean hasPath() {
            return this == PROPERTIES || this == TRAITS || this == CONTEXT;
        }

        /** The field of that name, or null. */
        static @Nullable Field named(String key) {
            for (Field field : values()) {
                if (field.key.equals(key)) {
                    return field;
                }
            }
            return null;
        }
    }

    /**
     * All or one of several expressions.
     *
     * @param junction how they are joined
     * @param children at least one
     */
    record Group(Junction junction, List<FqlNode> children) implements FqlNode {
        public Group {
            children = List.copyOf(children);
        }

        @Override
        public Predicate<Map<String, Object>> compile() {
            var compiled = new ArrayList<Predicate<Map<String, Object>>>();
            for (FqlNode child : children) {
                compiled.add(child.compile());
            }
            if (compiled.size() == 1) {
                return compiled.getFirst();
            }
            boolean decisive = junction == Junction.OR;
            return event -> {
                for (int i = 0; i < compiled.size(); i++) {
                    if (compiled.get(i).test(event) == decisive) {
                        return decisive;
                    }
                }
                return !decisive;
            };
        }

        @Override
        public String text() {
            if (children.size() == 1) {
                return children.getFirst().text();
            }
            var parts = new ArrayList<String>();
            for (FqlNode child : children) {
                parts.add(child instanceof Group ? "(" + child.text() + ")" : child.text());
            }
            return String.join(junction == Junction.AND ? " and " : " or ", parts);
        }
    }

    /**
     * One comparison.
     *
     * @param field the part of the event
     * @param path the path inside that part, empty for fields without one
     * @param operator what is tested
     * @param value text, number or truth value to compare with; null for operators that need none
     */
    record Condition(
            Field field,
            String path,
            FqlOperator operator,
            @Nullable Object value) implements FqlNode {
        @Override
        public Predicate<Map<String, Object>> compile() {
            Predicate<@Nullable Object> test = operator.against(value);
            if (!field.hasPath()) {
                return event -> test.test(event.get(field.key()));
            }
            Path inner = Path.ofFql(path);
            return event -> test.test(Absent.toNull(inner.find(event.get(field.key()))));
        }

        @Override
        public String text() {
            String name = field.hasPath() ? field.key() + "." + escaped(path) : field.key();
            return operator.text(name, value);
        }

        private static String escaped(String path) {
            return path.replaceAll("[^a-zA-Z0-9._-]", "\\\\$0");
        }
    }
}
