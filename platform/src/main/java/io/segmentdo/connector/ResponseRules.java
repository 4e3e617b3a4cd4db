package io.segmentdo.connector;

import io.segmentdo.api.Delivery;
import io.segmentdo.api.HttpResponse;
import io.segmentdo.api.Json;
import io.segmentdo.api.ResponseClasses;
import io.segmentdo.mapping.Mapping;
import io.segmentdo.mapping.Scope;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What the responses to an action's requests mean: the first rule that fits decides, and without one the status does.
 *
 * <p>Immutable.
 */
final class ResponseRules {
    private static final Pattern STATUSES = Pattern.compile("([1-5])xx|([1-5]\\d\\d)(?:-([1-5]\\d\\d))?");
    /** What mappings may refer to that look at a response. */
    static final Set<String> NAMES = Set.of("status", "header");

    private static final int MULTI_STATUS = 207;
    private static final int MESSAGE_CHARS_MAX = 300;

    private record Range(int from, int to) {}

    private record Rule(
            List<Range> statuses,
            Optional<Mapping> when,
            ResponseClass meaning,
            Optional<Mapping> message,
            Optional<ItemRule> items) {}

    /** Parts of the response that speak of single events. */
    private record ItemRule(
            Mapping list,
            Optional<Mapping> index,
            Optional<Mapping> failed,
            Mapping meaning,
            ResponseClass others,
            Optional<Mapping> message) {}

    private final List<Rule> rules;

    private ResponseRules(List<Rule> rules) {
        this.rules = List.copyOf(rules);
    }

    /** Reads {@code response}, a list of rules. */
    static ResponseRules read(YamlObject action) {
        var rules = new ArrayList<Rule>();
        for (YamlObject rule : action.objects("response")) {
            rule.allow("status", "when", "class", "message", "items");
            rule.takes("when", SchemaNode.Kind.MAPPING).takes("message", SchemaNode.Kind.MAPPING);
            List<Range> statuses = statuses(rule);
            if (!rule.has("status") && !rule.has("when")) {
                rule.problem("status", "a status, or a condition in when");
            }
            if (rule.has("class") == rule.has("items")) {
                rule.problem("class", "either class or items");
            }
            if (statuses.contains(new Range(MULTI_STATUS, MULTI_STATUS)) && !rule.has("items")) {
                rule.problem("items", "which events a 207 speaks of");
            }
            rules.add(new Rule(
                    statuses,
                    optional(rule, "when"),
                    ResponseClass.of(rule.choice("class", ResponseClass.words())),
                    optional(rule, "message"),
                    rule.has("items") ? Optional.of(items(rule.object("items"))) : Optional.empty()));
        }
        return new ResponseRules(rules);
    }

    private static ItemRule items(YamlObject items) {
        items.allow("list", "index", "failed", "class", "others", "message");
        if (!items.has("index") && !items.has("failed")) {
            items.problem("index", "the path of an event's place, or a condition in failed");
        }
        return new ItemRule(
                items.path("list", NAMES),
                optional(items, "index"),
                optional(items, "failed"),
                meaning(items),
                ResponseClass.of(items.choice("others", ResponseClass.words())),
                optional(items, "message"));
    }

    /** What it means for an item: a word, or a directive that gives one. */
    private static Mapping meaning(YamlObject items) {
        if (!items.has("class")) {
            return Mapping.compile("permanent", Set.of());
        }
        if (!(items.raw("class") instanceof Map<?, ?>)) {
            items.choice("class", ResponseClass.words());
        }
        return items.mapping("class", NAMES);
    }

    private static Optional<Mapping> optional(YamlObject rule, String key) {
        return rule.has(key) ? Optional.of(rule.path(key, NAMES)) : Optional.empty();
    }

    private static List<Range> statuses(YamlObject rule) {
        var ranges = new ArrayList<Range>();
        Object given = rule.takes("status", SchemaNode.Kind.PLAIN).raw("status");
        for (Object status : given instanceof List<?> list ? list : given == null ? List.of() : List.of(given)) {
            Matcher matcher = STATUSES.matcher(String.valueOf(status));
            if (!matcher.matches()) {
                rule.problem("status", "a status such as 429, 4xx or 500-504, or a list of them");
            } else if (matcher.group(1) != null) {
                int hundreds = Integer.parseInt(matcher.group(1)) * 100;
                ranges.add(new Range(hundreds, hundreds + 99));
            } else {
                int from = Integer.parseInt(matcher.group(2));
                ranges.add(new Range(from, matcher.group(3) == null ? from : Integer.parseInt(matcher.group(3))));
            }
        }
        return ranges;
    }

    /** Whether the first rule that fits says that there was too much in the request. */
    boolean splits(HttpResponse response, Json json) {
        if (rules.stream().noneMatch(rule -> rule.meaning() == ResponseClass.SPLIT)) {
            return false;
        }
        Scope scope = seeing(Scope.of(null), response, json);
        return rules.stream()
                .filter(rule -> fits(rule, response.status(), scope))
                .findFirst()
                .map(rule ->
                        rule.meaning() == ResponseClass.SPLIT && rule.items().isEmpty())
                .orElse(false);
    }

    /** One outcome for each of the events of a request, or a single one for all. */
    List<Delivery> outcomes(int events, HttpResponse response, Json json, Instant now) {
        Scope scope = seeing(Scope.of(null), response, json);
        for (Rule rule : rules) {
            if (fits(rule, response.status(), scope)) {
                String reason = reason(response, rule.message(), scope);
                return rule.items()
                        .map(items -> each(items, events, response, scope, now))
                        .orElseGet(() -> List.of(rule.meaning().outcome(reason, response, now)));
            }
        }
        if (response.status() == MULTI_STATUS && events > 1) {
            return List.of(Delivery.retry("HTTP 207, and the connector does not say what it means"));
        }
        return List.of(ResponseClasses.classify(response, now));
    }

    private static boolean fits(Rule rule, int status, Scope scope) {
        boolean statusFits = rule.statuses().isEmpty()
                || rule.statuses().stream().anyMatch(range -> status >= range.from() && status <= range.to());
        return statusFits && rule.when().map(when -> holds(when, scope)).orElse(true);
    }

    private static boolean holds(Mapping condition, Scope scope) {
        Object value = condition.apply(scope);
        return value != null && !Boolean.FALSE.equals(value);
    }

    private static List<Delivery> each(ItemRule rule, int events, HttpResponse response, Scope scope, Instant now) {
        String reason = "HTTP " + response.status();
        var outcomes = new ArrayList<>(Collections.nCopies(events, rule.others().outcome(reason, response, now)));
        List<?> items = rule.list().apply(scope) instanceof List<?> list ? list : List.of();
        for (int i = 0; i < items.size(); i++) {
            Scope item = scope.at(items.get(i));
            if (rule.failed().map(failed -> holds(failed, item)).orElse(true)) {
                int index = events == 1
                        ? 0
                        : rule.index().map(path -> number(path.apply(item))).orElse(i);
                if (index < 0 || index >= events) {
                    // It failed, but nobody knows which one: none of them may be taken for delivered.
                    return List.of(Delivery.retry(reason + ", and it does not say for which event"));
                }
                String word = String.valueOf(rule.meaning().apply(item));
                ResponseClass meaning = List.of(ResponseClass.words()).contains(word)
                        ? ResponseClass.of(word)
                        : ResponseClass.PERMANENT;
                outcomes.set(index, meaning.outcome(reason(response, rule.message(), item), response, now));
            }
        }
        return outcomes;
    }

    private static int number(@Nullable Object value) {
        try {
            return value == null ? -1 : Integer.parseInt(value.toString());
        } catch (NumberFormatException notANumber) {
            return -1;
        }
    }

    private static String reason(HttpResponse response, Optional<Mapping> message, Scope scope) {
        Object text = message.map(mapping -> mapping.apply(scope)).orElse(null);
        String reason = "HTTP " + response.status() + (text == null ? "" : ": " + text);
        return reason.length() <= MESSAGE_CHARS_MAX ? reason : reason.substring(0, MESSAGE_CHARS_MAX);
    }

    /** What a scope holds, and a response: paths start from its body. */
    static Scope seeing(Scope scope, HttpResponse response, Json json) {
        return scope.at(body(response, json))
                .with("status", response.status())
                .with("header", new ResponseHeaders(response));
    }

    /** The body as JSON, or else as text; without one, an object without members. */
    static @Nullable Object body(HttpResponse response, Json json) {
        if (response.body().length == 0) {
            return Map.of();
        }
        try {
            return json.read(response.body());
        } catch (IllegalArgumentException notJson) {
            return response.text();
        }
    }
}
