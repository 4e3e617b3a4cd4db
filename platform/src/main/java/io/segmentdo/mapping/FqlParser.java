package io.segmentdo.mapping;

import io.segmentdo.mapping.FqlLexer.Kind;
import io.segmentdo.mapping.FqlLexer.Token;
import io.segmentdo.mapping.FqlNode.Condition;
import io.segmentdo.mapping.FqlNode.Field;
import io.segmentdo.mapping.FqlNode.Group;
import io.segmentdo.mapping.FqlNode.Junction;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads one level of an FQL expression, and the levels in its brackets by more of itself.
 *
 * <p>Both readings share one grammar, Segment's: what only it accepts is a {@link #complain complaint} that our own
 * reading raises and Segment's passes over. Confined to its thread.
 */
final class FqlParser {
    private static final String FIELDS =
            "type, event, name, userId, properties.<path>, traits.<path>, context.<path>, contains(…) or match(…)";

    private final String text;
    private final FqlReading reading;
    private final List<Token> tokens;
    private final List<FqlNode> nodes = new ArrayList<>();
    private @Nullable Junction junction;
    private boolean joined = true;
    private int at;

    private FqlParser(String text, FqlReading reading, List<Token> tokens) {
        this.text = text;
        this.reading = reading;
        this.tokens = tokens;
    }

    static FqlNode parse(String text, FqlReading reading) {
        return new FqlParser(text, reading, new FqlLexer(text, reading).tokens()).level();
    }

    private FqlNode level() {
        while (at < tokens.size() && tokens.get(at).kind() != Kind.END) {
            Token token = next();
            switch (token.kind()) {
                case FIELD -> {
                    if (isFunction(token)) {
                        add(token, call(token, ""));
                    } else {
                        add(token, condition(token));
                    }
                }
                case OPERATOR -> {
                    if (token.text().equals("!") && isFunction(tokens.get(at))) {
                        add(token, call(next(), "!"));
                    } else {
                        complain(token, "expected a field, found " + token.raw());
                    }
                }
                case OPEN -> add(token, brackets(token));
                case CONJUNCTION -> conjunction(token);
                case TEXT, NUMBER, NULL, CLOSE, COMMA, OTHER ->
                    complain(token, "expected and or or, found " + token.raw());
                case END -> throw new IllegalStateException("the end is not consumed");
            }
        }
        if (nodes.isEmpty()) {
            throw invalid(tokens.getLast(), "expected a condition");
        }
        if (joined) {
            complain(tokens.getLast(), "expected a condition at the end");
        }
        if (nodes.size() == 1) {
            return nodes.getFirst();
        }
        return new Group(junction == null ? Junction.AND : junction, nodes);
    }

    private void add(Token start, @Nullable FqlNode node) {
        if (!joined) {
            complain(start, "expected and or or, found " + start.raw());
        }
        if (node != null) {
            nodes.add(node);
        }
        joined = false;
    }

    private void conjunction(Token token) {
        Junction read = token.text().equals("and") ? Junction.AND : Junction.OR;
        if (joined) {
            complain(token, "expected a condition, found " + token.raw());
        }
        if (junction != null && junction != read) {
            complain(token, "and and or side by side, set brackets");
        }
        junction = read;
        joined = true;
    }

    private FqlNode brackets(Token open) {
        int close = at;
        for (int depth = 1; ; close++) {
            Kind kind = tokens.get(close).kind();
            if (kind == Kind.END) {
                throw invalid(open, "the bracket is not closed");
            }
            if (kind == Kind.OPEN && reading == FqlReading.OURS) {
                depth++;
            } else if (kind == Kind.CLOSE && --depth == 0) {
                break;
            }
        }
        var inner = new ArrayList<>(tokens.subList(at, close));
        inner.add(new Token(Kind.END, "eos", ")", tokens.get(close).position()));
        at = close + 1;
        return new FqlParser(text, reading, inner).level();
    }

    private @Nullable Condition condition(Token token) {
        Field field = field(token);
        if (field == null) {
            return null;
        }
        Token symbol = next();
        Token value = next();
        FqlOperator operator = FqlOperator.infix(symbol.text());
        if (symbol.kind() != Kind.OPERATOR || operator == null) {
            throw invalid(symbol, "expected one of = != < <= > >=, found " + symbol.raw());
        }
        boolean equality = operator == FqlOperator.EQUAL || operator == FqlOperator.NOT_EQUAL;
        boolean negated = operator == FqlOperator.NOT_EQUAL;
        String path = path(token, field);
        Object literal = literal(value);
        if (value.kind() == Kind.NULL && equality && testsExistence(field)) {
            return new Condition(field, path, negated ? FqlOperator.EXISTS : FqlOperator.NOT_EXISTS, null);
        }
        if (literal instanceof Boolean truth && equality && (field.hasPath() || field == Field.USER_ID)) {
            if (!negated) {
                return new Condition(field, path, truth ? FqlOperator.IS_TRUE : FqlOperator.IS_FALSE, null);
            }
            complain(value, "!= " + truth + " is not possible, write = " + !truth + " or = null");
        }
        if (literal instanceof Double && equality && field.hasPath()) {
            var typed = negated ? FqlOperator.NUMBER_NOT_EQUALS : FqlOperator.NUMBER_EQUALS;
            return new Condition(field, path, typed, literal);
        }
        return new Condition(field, path, operator, field.hasPath() ? literal : asText(literal));
    }

    /** Segment takes {@code event = null} and {@code type = null} for comparisons with the word. */
    private boolean testsExistence(Field field) {
        return reading == FqlReading.OURS || (field != Field.EVENT && field != Field.TYPE);
    }

    private @Nullable Condition call(Token name, String negation) {
        expect(Kind.OPEN, "(", next());
        Token subject = next();
        expect(Kind.COMMA, ",", next());
        Token value = next();
        if (at < tokens.size()) {
            expect(Kind.CLOSE, ")", next());
        }
        Field field = field(subject);
        if (field == null || (field == Field.TYPE && reading == FqlReading.SEGMENT)) {
            return null;
        }
        expect(Kind.TEXT, "a quoted text", value);
        String path = path(subject, field);
        String pattern = asText(literal(value));
        boolean holds = negation.isEmpty();
        if (name.text().equals("contains")) {
            return new Condition(field, path, holds ? FqlOperator.CONTAINS : FqlOperator.NOT_CONTAINS, pattern);
        }
        int star = pattern.indexOf('*');
        if (star < 0 || star != pattern.lastIndexOf('*') || (star > 0 && star < pattern.length() - 1)) {
            complain(value, "expected one * at the start or at the end, found " + value.raw());
        }
        if (value.raw().endsWith("*\"") || (reading == FqlReading.OURS && star > 0)) {
            String start = pattern.substring(0, pattern.length() - 1);
            return new Condition(field, path, holds ? FqlOperator.STARTS_WITH : FqlOperator.NOT_STARTS_WITH, start);
        }
        String end = pattern.isEmpty() ? pattern : pattern.substring(1);
        return new Condition(field, path, holds ? FqlOperator.ENDS_WITH : FqlOperator.NOT_ENDS_WITH, end);
    }

    private @Nullable Field field(Token token) {
        int dot = token.text().indexOf('.');
        String first = dot < 0 ? token.text() : token.text().substring(0, dot);
        Field field = token.kind() == Kind.FIELD ? Field.named(first) : null;
        if (field == null || field.hasPath() != (dot >= 0)) {
            complain(token, "unknown field " + token.raw() + ", expected one of " + FIELDS);
        }
        return field;
    }

    private static String path(Token token, Field field) {
        String prefix = field.key() + ".";
        String name = token.text();
        if (!field.hasPath()) {
            return "";
        }
        return name.startsWith(prefix) ? name.substring(prefix.length()) : name;
    }

    private Object literal(Token value) {
        return switch (value.kind()) {
            case NUMBER -> JsNumbers.number(value.text());
            case FIELD ->
                value.text().equals("true") || value.text().equals("false")
                        ? Boolean.valueOf(value.text())
                        : value.text();
            case TEXT, NULL -> value.text();
            case OPERATOR, CONJUNCTION, OPEN, CLOSE, COMMA, OTHER, END -> {
                complain(value, "expected a value, found " + value.raw());
                yield value.text();
            }
        };
    }

    private static String asText(Object literal) {
        return literal instanceof Number number ? JsNumbers.text(number) : String.valueOf(literal);
    }

    private static boolean isFunction(Token token) {
        return token.kind() == Kind.FIELD
                && (token.text().equals("contains") || token.text().equals("match"));
    }

    private void expect(Kind kind, String expected, Token found) {
        if (found.kind() != kind) {
            complain(found, "expected " + expected + ", found " + found.raw());
        }
    }

    private Token next() {
        if (at == tokens.size()) {
            throw invalid(tokens.getLast(), "the expression ends too early");
        }
        return tokens.get(at++);
    }

    private void complain(Token token, String message) {
        if (reading == FqlReading.OURS) {
            throw invalid(token, message);
        }
    }

    private InvalidFqlException invalid(Token token, String message) {
        return new InvalidFqlException(text, token.position(), message);
    }
}
