package io.segmentdo.mapping;

import io.segmentdo.mapping.LiquidTemplate.Node;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Reads a Liquid template into nodes. Confined to its thread. */
final class LiquidParser {
    private static final Set<String> DISABLED = Set.of("case", "for", "include", "layout", "render", "tablerow");
    private static final Set<String> ENDS = Set.of("elsif", "else", "endif", "endunless", "endcapture");

    private final String text;
    private final Set<String> variables = new LinkedHashSet<>();
    private int at;
    private boolean trimsNext;
    private String tag = "";
    private String arguments = "";

    LiquidParser(String text) {
        this.text = text;
    }

    List<Node> template() {
        List<Node> nodes = block();
        if (!tag.isEmpty()) {
            throw fault("unexpected tag " + tag);
        }
        return nodes;
    }

    /** The paths that the template reads, once it is parsed. */
    Set<String> variables() {
        return variables;
    }

    /** Reads until the end, or until a tag that belongs to the block around; that one is then in {@link #tag}. */
    private List<Node> block() {
        var nodes = new ArrayList<Node>();
        while (true) {
            int open = nextOpening();
            boolean trimsBefore = open < text.length() && text.startsWith("-", open + 2);
            addText(nodes, text.substring(at, open), trimsBefore);
            if (open == text.length()) {
                at = open;
                tag = "";
                return nodes;
            }
            boolean isOutput = text.charAt(open + 1) == '{';
            String inside = inside(open + (trimsBefore ? 3 : 2), isOutput ? "}}" : "%}");
            if (isOutput) {
                nodes.add(output(inside));
            } else {
                tag(inside);
                if (ENDS.contains(tag)) {
                    return nodes;
                }
                nodes.add(statement());
            }
        }
    }

    private int nextOpening() {
        int output = text.indexOf("{{", at);
        int statement = text.indexOf("{%", at);
        int first = output < 0 || (statement >= 0 && statement < output) ? statement : output;
        return first < 0 ? text.length() : first;
    }

    private void addText(List<Node> nodes, String piece, boolean trimsEnd) {
        String trimmed = trimsNext ? piece.stripLeading() : piece;
        String literal = trimsEnd ? trimmed.stripTrailing() : trimmed;
        trimsNext = false;
        if (!literal.isEmpty()) {
            nodes.add(state -> state.write(literal));
        }
    }

    /** What stands between the delimiters; quotes hide a closing one. */
    private String inside(int from, String close) {
        char quote = 0;
        for (int i = from; i < text.length(); i++) {
            char c = text.charAt(i);
            if (quote != 0) {
                quote = c == quote ? 0 : quote;
            } else if (c == '"' || c == '\'') {
                quote = c;
            } else if (text.startsWith(close, i)) {
                at = i + 2;
                trimsNext = i > from && text.charAt(i - 1) == '-';
                return text.substring(from, trimsNext ? i - 1 : i).strip();
            }
        }
        throw fault("a part is not closed with " + close);
    }

    private void tag(String inside) {
        if (inside.startsWith("#")) {
            tag = "#";
            arguments = "";
            return;
        }
        int end = 0;
        while (end < inside.length() && Character.isLetter(inside.charAt(end))) {
            end++;
        }
        tag = inside.substring(0, end);
        arguments = inside.substring(end).strip();
    }

    private Node output(String inside) {
        LiquidValue value = value(inside);
        return state -> state.write(LiquidValue.text(value.evaluate(state)));
    }

    private LiquidValue value(String source) {
        return new LiquidExpressionParser(source, variables).value();
    }

    private Node statement() {
        return switch (tag) {
            case "assign" -> assign();
            case "capture" -> capture();
            case "if" -> choose(arguments, true, "endif");
            case "unless" -> choose(arguments, false, "endunless");
            case "echo" -> output(arguments);
            case "increment" -> counter(1);
            case "decrement" -> counter(-1);
            case "comment" -> {
                verbatim("endcomment");
                yield state -> {};
            }
            case "#" -> state -> {};
            case "raw" -> {
                String raw = verbatim("endraw");
                yield state -> state.write(raw);
            }
            default -> throw fault("tag \"" + tag + "\" is " + (DISABLED.contains(tag) ? "disabled" : "unknown"));
        };
    }

    private Node assign() {
        int equals = arguments.indexOf('=');
        if (equals < 1) {
            throw fault("assign needs a name and a value");
        }
        String name = arguments.substring(0, equals).strip();
        LiquidValue value = value(arguments.substring(equals + 1));
        return state -> state.assign(name, value.evaluate(state));
    }

    private Node capture() {
        String name = arguments;
        List<Node> body = block();
        close("endcapture");
        return state -> state.assign(name, state.capture(body));
    }

    private Node counter(int step) {
        String name = arguments;
        return state -> state.write(Integer.toString(state.count(name, step)));
    }

    private Node choose(String condition, boolean expected, String end) {
        LiquidValue test = value(condition);
        List<Node> then = block();
        List<Node> otherwise = List.of();
        if (tag.equals("elsif")) {
            otherwise = List.of(choose(arguments, true, end));
        } else {
            if (tag.equals("else")) {
                otherwise = block();
            }
            close(end);
        }
        List<Node> no = otherwise;
        return state -> {
            boolean holds = LiquidValue.isTrue(test.evaluate(state)) == expected;
            (holds ? then : no).forEach(node -> node.render(state));
        };
    }

    private void close(String expected) {
        if (!tag.equals(expected)) {
            throw fault("expected " + expected);
        }
        tag = "";
    }

    private String verbatim(String end) {
        int from = at;
        for (int open = text.indexOf("{%", from); open >= 0; open = text.indexOf("{%", open + 2)) {
            int close = text.indexOf("%}", open);
            if (close > 0
                    && text.substring(open + 2, close).replace('-', ' ').strip().equals(end)) {
                at = close + 2;
                return text.substring(from, open);
            }
        }
        throw fault("expected " + end);
    }

    private MappingException fault(String message) {
        return new MappingException("Liquid, before character " + (at + 1) + ": " + message);
    }
}
