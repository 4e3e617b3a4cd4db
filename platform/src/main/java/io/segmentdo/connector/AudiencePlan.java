package io.segmentdo.connector;

import io.segmentdo.mapping.Mapping;
import io.segmentdo.mapping.Scope;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Which audience an event speaks of, and whether its person belongs there. By default that is what Segment's events about
 * audiences say: {@code context.personas.computation_key} names one, and the trait or property of that name is true or
 * false.
 *
 * <p>Immutable.
 *
 * @param name of the audience
 * @param member whether the person is in it
 */
record AudiencePlan(Mapping name, Mapping member) {
    /** What mappings call it. */
    static final String BOUND = "audience";

    private static final Map<String, Object> NAME = Map.of("@path", "context.personas.computation_key");
    private static final Map<String, Object> MEMBER =
            Map.of("@coalesce", List.of(valueIn("traits"), valueIn("properties")));

    private static Map<String, Object> valueIn(String table) {
        return Map.of("@lookup", Map.of("key", Map.of("@audience", "name"), "table", Map.of("@path", table)));
    }

    /** Reads {@code audience}, where an action has it. */
    static Optional<AudiencePlan> read(YamlObject action, Set<String> names) {
        if (!action.has(BOUND)) {
            return Optional.empty();
        }
        YamlObject audience = action.object(BOUND).allow("name", "member", "ttl", "get", "create", "add", "remove");
        if (!audience.has("add")) {
            audience.problem("add", "the request that adds people");
        }
        if (action.has("request")
                || action.has("steps")
                || action.object("batch").has("when")) {
            action.problem(BOUND, "no request, no steps and no batch.when beside it");
        }
        Set<String> withName = StepReader.with(names, BOUND);
        return Optional.of(new AudiencePlan(
                audience.has("name") ? audience.mapping("name", names) : Mapping.compile(NAME),
                audience.has("member")
                        ? audience.mapping("member", withName)
                        : Mapping.compile((Object) MEMBER, Set.of(BOUND))));
    }

    /** Its name and whether the person is a member; empty where the event says nothing about an audience. */
    Optional<Map<String, Object>> of(Scope event) {
        Object named = name.apply(event);
        if (named == null || named.toString().isEmpty()) {
            return Optional.empty();
        }
        Map<String, Object> known = Map.of("name", named.toString());
        return member.apply(event.with(BOUND, known)) instanceof Boolean isMember
                ? Optional.of(Map.of("name", named.toString(), "member", isMember))
                : Optional.empty();
    }
}
