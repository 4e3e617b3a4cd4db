package io.segmentdo.mapping;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Segment's mapping directives, compiled: shapes an event into what a destination wants.
 *
 * <p>Beside them stands a library of functions: {@code @coalesce @compare @and @or @not @exists @when @cases @switch
 * @lookup @fail @map @bound @index @entries @object @pick @omit @count @every @any @concat @compact @distinct @sum @values @texts
 * @type @trim @truncate @split @join @regex @regexAll @match @userAgent @base64 @url @keys @words @bytes @cast @number
 * @hash @hmac @uuid5 @date @phone @country}. Connectors, which are written by people who may be trusted with code, have
 * {@code @jsonata} and {@code @fn} too.
 *
 * <p>A mapping is JSON. An object whose only key starts with {@code @} is a directive, other objects and lists are
 * resolved member by member, anything else stands for itself. Members that resolve to nothing are left out, null stays.
 * Values are JDK maps, lists, texts, numbers and truth values; parts of the event are shared, not copied. Every text that
 * a mapping builds is bounded to a million characters. Immutable.
 */
public final class Mapping {
    /** Marks the directive that gets all other members as its {@code mapping}. */
    private static final String ROOT_DIRECTIVE = "__segment_internal_directive";

    private static final Map<String, Directive> DIRECTIVES = directives();

    private final Expression expression;

    private Mapping(Expression expression) {
        this.expression = expression;
    }

    /**
     * Compiles a mapping, given as parsed JSON or YAML.
     *
     * @throws InvalidMappingException with everything that is wrong
     */
    public static Mapping compile(Map<String, ? extends @Nullable Object> directives) {
        var problems = new ArrayList<MappingProblem>();
        var site = new MappingSite(DIRECTIVES, problems);
        return checked(site.compile(withRootDirective(directives, site)), problems);
    }

    /**
     * Compiles any value with directives in it that may also refer to bound values: {@code {"@settings": "region"}} is a
     * path into the one bound to {@code settings}, {@code {"@item": true}} the whole of another.
     *
     * @param names of the bindings that the {@link Scope} will have
     * @throws InvalidMappingException with everything that is wrong
     */
    public static Mapping compile(@Nullable Object value, Set<String> names) {
        var directives = new HashMap<>(DIRECTIVES);
        CodeFunctions.addTo(directives);
        names.forEach(name -> directives.put("@" + name, (argument, site) -> bound(name, argument, site)));
        var problems = new ArrayList<MappingProblem>();
        return checked(new MappingSite(directives, problems).compile(value), problems);
    }

    /** The names of all directives that a connector may use, bound values aside. */
    public static Set<String> directiveNames() {
        var directives = new HashMap<>(DIRECTIVES);
        CodeFunctions.addTo(directives);
        return new TreeSet<>(directives.keySet());
    }

    private static Mapping checked(Expression expression, List<MappingProblem> problems) {
        if (!problems.isEmpty()) {
            throw new InvalidMappingException(problems);
        }
        return new Mapping(expression);
    }

    private static Map<String, Directive> directives() {
        var all = new HashMap<>(SegmentDirectives.all());
        all.putAll(Functions.all());
        return Map.copyOf(all);
    }

    private static Expression bound(String name, @Nullable Object argument, MappingSite site) {
        if (!(argument instanceof String) && !Boolean.TRUE.equals(argument)) {
            return site.problem(argument, "a path, or true for the whole");
        }
        Path path = argument instanceof String text ? Path.of(text) : Path.of("");
        return scope ->
                scope.bindings().containsKey(name) ? path.find(scope.bindings().get(name)) : Absent.ABSENT;
    }

    private static Map<String, ? extends @Nullable Object> withRootDirective(
            Map<String, ? extends @Nullable Object> directives, MappingSite site) {
        if (!directives.containsKey(ROOT_DIRECTIVE)) {
            return directives;
        }
        var members = new LinkedHashMap<String, @Nullable Object>(directives);
        Object root = members.remove(ROOT_DIRECTIVE);
        if (!(root instanceof Map<?, ?> directive)
                || directive.size() != 1
                || !(directive.values().iterator().next() instanceof Map<?, ?> arguments)) {
            site.at(ROOT_DIRECTIVE).problem(root, "one directive with named arguments");
            return Map.of();
        }
        var completed = new LinkedHashMap<String, @Nullable Object>();
        arguments.forEach((key, value) -> completed.put(String.valueOf(key), value));
        completed.put("mapping", members);
        return Map.of(String.valueOf(directive.keySet().iterator().next()), completed);
    }

    /**
     * The shape of one event; null also where nothing is left of it.
     *
     * @throws MappingException if the event does not fit and never will
     */
    public @Nullable Object apply(Map<String, ? extends @Nullable Object> event) {
        return apply(Scope.of(event));
    }

    /**
     * The shape of what a scope holds; null also where nothing is left of it.
     *
     * @throws MappingException if it does not fit and never will
     */
    public @Nullable Object apply(Scope scope) {
        return Absent.toNull(expression.evaluate(scope));
    }
}
