package io.segmentdo.mapping;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A Liquid template in the dialect of Segment's {@code @liquid}: outputs with filters, {@code assign}, {@code capture},
 * {@code if}, {@code unless}, {@code increment}, {@code decrement}, {@code echo}, {@code raw} and comments.
 *
 * <p>There are no loops, so rendering takes time linear in the template. Immutable.
 */
final class LiquidTemplate {
    static final int CHARS_MAX = 1000;

    private final List<Node> nodes;
    private final Set<String> variables;

    private LiquidTemplate(List<Node> nodes, Set<String> variables) {
        this.nodes = nodes;
        this.variables = Set.copyOf(variables);
    }

    /**
     * Parses a template.
     *
     * @throws MappingException with the place of the fault
     */
    static LiquidTemplate parse(String text) {
        var parser = new LiquidParser(text);
        return new LiquidTemplate(parser.template(), parser.variables());
    }

    /** The paths that the template reads, e.g. {@code properties.name}. */
    Set<String> variables() {
        return variables;
    }

    /** The text for one event. */
    String render(@Nullable Object event) {
        var state = new State(event);
        for (Node node : nodes) {
            node.render(state);
        }
        return state.out.toString();
    }

    /** A part of a template. */
    @FunctionalInterface
    interface Node {
        void render(State state);
    }

    /** One rendering under way. Confined to its thread. */
    static final class State {
        private final @Nullable Object event;
        private final Map<String, @Nullable Object> variables = new HashMap<>();
        private final Map<String, Integer> counters = new HashMap<>();
        private StringBuilder out = new StringBuilder();

        private State(@Nullable Object event) {
            this.event = event;
        }

        void write(String text) {
            TextLimit.check(out.append(text));
        }

        /** A variable, or else a member of the event. */
        @Nullable
        Object find(String name) {
            if (variables.containsKey(name)) {
                return variables.get(name);
            }
            if (event instanceof Map<?, ?> members && members.containsKey(name)) {
                return members.get(name);
            }
            return counters.get(name);
        }

        void assign(String name, @Nullable Object value) {
            variables.put(name, value);
        }

        /** Moves a counter and returns its value after a step down, before a step up. */
        int count(String name, int step) {
            int before = counters.getOrDefault(name, 0);
            counters.put(name, before + step);
            return step < 0 ? before + step : before;
        }

        /** What some nodes write, instead of writing it. */
        String capture(List<Node> nodes) {
            StringBuilder outer = out;
            out = new StringBuilder();
            nodes.forEach(node -> node.render(this));
            String captured = out.toString();
            out = outer;
            return captured;
        }
    }
}
