package io.segmentdo.mapping;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Text with places for values: {@code {{path}}} and {@code {{{path}}}} mean the same, nothing is escaped, what is missing
 * or null leaves nothing. A value that itself looks like a place stays as it is. Immutable.
 */
final class Template implements Expression {
    private static final Pattern PLACE = Pattern.compile("\\{\\{\\{([^}]+)}}}|\\{\\{([^}]+)}}");

    private final List<Expression> parts;

    private Template(List<Expression> parts) {
        this.parts = parts;
    }

    static Expression parse(String text) {
        var parts = new ArrayList<Expression>();
        Matcher place = PLACE.matcher(text);
        int from = 0;
        while (place.find()) {
            addText(parts, text.substring(from, place.start()));
            parts.add(value(place.group(1) == null ? place.group(2) : place.group(1)));
            from = place.end();
        }
        addText(parts, text.substring(from));
        return parts.isEmpty() ? scope -> "" : new Template(parts);
    }

    private static void addText(List<Expression> parts, String text) {
        if (!text.isEmpty()) {
            parts.add(scope -> text);
        }
    }

    private static Expression value(String place) {
        Path path = Path.of(place.strip());
        String name = path.first();
        if (name.isEmpty()) {
            return scope -> path.find(scope.root());
        }
        Path rest = path.rest();
        return scope -> {
            Map<String, @Nullable Object> bindings = scope.bindings();
            return bindings.containsKey(name) ? rest.find(bindings.get(name)) : path.find(scope.root());
        };
    }

    @Override
    public String evaluate(Scope scope) {
        if (parts.size() == 1) {
            return JsValues.text(parts.getFirst().evaluate(scope));
        }
        var text = new StringBuilder();
        for (int i = 0; i < parts.size(); i++) {
            text.append(JsValues.text(parts.get(i).evaluate(scope)));
        }
        return TextLimit.check(text).toString();
    }
}
