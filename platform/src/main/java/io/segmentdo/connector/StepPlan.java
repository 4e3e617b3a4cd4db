package io.segmentdo.connector;

import io.segmentdo.mapping.Mapping;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One request of an action, and what later ones take from its response.
 *
 * <p>Immutable.
 *
 * @param name by which later steps refer to it
 * @param when whether it is sent at all
 * @param forEach a list for each item of which it is sent
 * @param request what is sent
 * @param capture values of the response by name
 * @param cache how long what was captured is remembered
 * @param responses what its responses mean, where that differs from those of the action's other requests
 * @param next what follows after statuses that are no success: a later step, {@link #CONTINUE} or {@link #STOP}
 */
record StepPlan(
        String name,
        Optional<Mapping> when,
        Optional<Mapping> forEach,
        RequestPlan request,
        Map<String, Mapping> capture,
        Optional<Cache> cache,
        Optional<ResponseRules> responses,
        Map<Integer, String> next) {
    /** The next step follows. */
    static final String CONTINUE = "continue";

    /** Nothing follows, and all is well. */
    static final String STOP = "stop";

    /**
     * How what a step captured is remembered.
     *
     * @param key of what is remembered
     * @param ttl for how long
     */
    record Cache(Mapping key, Duration ttl) {}

    StepPlan {
        capture = Map.copyOf(capture);
        next = Map.copyOf(next);
    }

    private static StepPlan only(RequestPlan request, Optional<Mapping> forEach) {
        return new StepPlan(
                "request", Optional.empty(), forEach, request, Map.of(), Optional.empty(), Optional.empty(), Map.of());
    }

    /** Reads {@code request}, or {@code steps} where there is more than one. */
    static List<StepPlan> read(YamlObject holder, Set<String> names, Set<String> secrets) {
        if (!holder.has("steps")) {
            Optional<Mapping> forEach = forEach(holder, names);
            return List.of(only(RequestPlan.read(holder, withItem(names, forEach), secrets), forEach));
        }
        if (holder.has("request") || holder.has("forEach")) {
            holder.problem("steps", "no request and no forEach beside it");
        }
        var steps = new ArrayList<StepPlan>();
        Set<String> earlier = new LinkedHashSet<>();
        List<YamlObject> declared = holder.objects("steps");
        List<String> all =
                declared.stream().map(step -> String.valueOf(step.raw("name"))).toList();
        for (YamlObject step : declared) {
            step.allow("name", "when", "forEach", "request", "capture", "cache", "response", "pass", "on");
            for (String key : List.of("when", "forEach", "request", "cache")) {
                checkReferences(step, step.raw(key), earlier);
            }
            steps.add(step(step, names, earlier, all.subList(steps.size() + 1, all.size()), secrets));
            if (!earlier.add(steps.getLast().name())
                    || names.contains(steps.getLast().name())) {
                step.problem("name", "a name of its own");
            }
        }
        if (steps.isEmpty()) {
            holder.problem("steps", "at least one step");
            steps.add(only(RequestPlan.read(holder, names, secrets), Optional.empty()));
        }
        return steps;
    }

    private static StepPlan step(
            YamlObject step, Set<String> names, Set<String> earlier, List<String> later, Set<String> secrets) {
        Set<String> known = new HashSet<>(names);
        known.add("step");
        Set<String> inUrls = new HashSet<>(known);
        inUrls.addAll(earlier);
        Map<String, Mapping> capture = new LinkedHashMap<>();
        YamlObject captured = step.object("capture");
        Set<String> ofAnswer = new HashSet<>(known);
        ofAnswer.add("status");
        captured.names().forEach(name -> capture.put(name, captured.path(name, ofAnswer)));
        Optional<Mapping> forEach = forEach(step, known);
        return new StepPlan(
                step.text("name"),
                step.has("when") ? Optional.of(step.mapping("when", known)) : Optional.empty(),
                forEach,
                RequestPlan.read(step, withItem(inUrls, forEach), secrets),
                capture,
                step.has("cache") ? Optional.of(cache(step, known)) : Optional.empty(),
                step.has("response") ? Optional.of(ResponseRules.read(step)) : Optional.empty(),
                next(step, later));
    }

    private static Optional<Mapping> forEach(YamlObject step, Set<String> names) {
        if (step.raw("forEach") instanceof Map<?, ?> object && object.containsKey("maxConcurrent")) {
            step.problem(
                    "forEach", "a list alone: its requests go one after another, within the rate of the connector");
        }
        return step.has("forEach") ? Optional.of(step.path("forEach", names)) : Optional.empty();
    }

    private static Set<String> withItem(Set<String> names, Optional<Mapping> forEach) {
        Set<String> known = new HashSet<>(names);
        if (forEach.isPresent()) {
            known.add("item");
        }
        return known;
    }

    private static Cache cache(YamlObject step, Set<String> names) {
        YamlObject cache = step.object("cache").allow("key", "ttl");
        if (!step.has("capture")) {
            step.problem("cache", "capture beside it");
        }
        return new Cache(cache.mapping("key", names), cache.duration("ttl", Duration.ofMinutes(10)));
    }

    /** Reads {@code pass}, statuses after which the next step follows, and {@code on}, what follows by status. */
    private static Map<Integer, String> next(YamlObject step, List<String> later) {
        Map<Integer, String> next = new HashMap<>();
        step.statuses("pass").forEach(status -> next.put(status, CONTINUE));
        YamlObject on = step.object("on");
        for (String status : on.names()) {
            String target = on.text(status);
            if (!status.matches("[1-5]\\d\\d")) {
                on.problem(status, "a status such as 404");
            } else if (!target.equals(CONTINUE) && !target.equals(STOP) && !later.contains(target)) {
                on.problem(status, CONTINUE + ", " + STOP + " or the name of a later step");
            } else {
                next.put(Integer.valueOf(status), target);
            }
        }
        return next;
    }

    /** Whether it needs no more than to be sent. */
    boolean isPlain() {
        return when.isEmpty() && forEach.isEmpty() && capture.isEmpty() && next.isEmpty();
    }

    /** Finds references to steps that are not earlier ones. */
    private static void checkReferences(YamlObject step, @Nullable Object value, Set<String> earlier) {
        if (value instanceof Map<?, ?> map) {
            if (map.get("@step") instanceof String path && !earlier.contains(path.split("[.\\[]", 2)[0])) {
                step.problem("name", "references to earlier steps only, not to " + path);
            }
            map.values().forEach(member -> checkReferences(step, member, earlier));
        } else if (value instanceof List<?> list) {
            list.forEach(element -> checkReferences(step, element, earlier));
        }
    }
}
