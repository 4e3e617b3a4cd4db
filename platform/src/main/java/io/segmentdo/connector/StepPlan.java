package io.segmentdo.connector;

import io.segmentdo.mapping.Mapping;
import java.util.ArrayList;
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
 * @param request what is sent
 * @param capture values of the response by name
 * @param responses what its responses mean, where that differs from those of the action's other requests
 * @param passable statuses after which the next step follows although they are no success
 */
record StepPlan(
        String name,
        Optional<Mapping> when,
        RequestPlan request,
        Map<String, Mapping> capture,
        Optional<ResponseRules> responses,
        Set<Integer> passable) {
    StepPlan {
        capture = Map.copyOf(capture);
        passable = Set.copyOf(passable);
    }

    /** Reads {@code request}, or {@code steps} where there is more than one. */
    static List<StepPlan> read(YamlObject action, Set<String> names, Set<String> secrets) {
        if (!action.has("steps")) {
            RequestPlan request = RequestPlan.read(action, names, secrets);
            return List.of(new StepPlan("request", Optional.empty(), request, Map.of(), Optional.empty(), Set.of()));
        }
        if (action.has("request")) {
            action.problem("steps", "no request beside it");
        }
        var steps = new ArrayList<StepPlan>();
        Set<String> earlier = new LinkedHashSet<>();
        for (YamlObject step : action.objects("steps")) {
            step.allow("name", "when", "request", "capture", "response", "pass");
            checkReferences(step, step.raw("when"), earlier);
            checkReferences(step, step.raw("request"), earlier);
            steps.add(step(step, names, earlier, secrets));
            if (!earlier.add(steps.getLast().name())
                    || names.contains(steps.getLast().name())) {
                step.problem("name", "a name of its own");
            }
        }
        if (steps.isEmpty()) {
            action.problem("steps", "at least one step");
            RequestPlan request = RequestPlan.read(action, names, secrets);
            steps.add(new StepPlan("request", Optional.empty(), request, Map.of(), Optional.empty(), Set.of()));
        }
        return steps;
    }

    private static StepPlan step(YamlObject step, Set<String> names, Set<String> earlier, Set<String> secrets) {
        Set<String> known = new HashSet<>(names);
        known.add("step");
        Set<String> inUrls = new HashSet<>(known);
        inUrls.addAll(earlier);
        Map<String, Mapping> capture = new LinkedHashMap<>();
        YamlObject captured = step.object("capture");
        captured.keys().forEach(name -> capture.put(name, captured.path(name, Set.of())));
        return new StepPlan(
                step.text("name"),
                step.has("when") ? Optional.of(step.mapping("when", known)) : Optional.empty(),
                RequestPlan.read(step, inUrls, secrets),
                capture,
                step.has("response") ? Optional.of(ResponseRules.read(step)) : Optional.empty(),
                passable(step));
    }

    private static Set<Integer> passable(YamlObject step) {
        Set<Integer> statuses = new HashSet<>();
        for (Object status : step.raw("pass") instanceof List<?> list ? list : List.of()) {
            if (status instanceof Integer code && code >= 300 && code <= 599) {
                statuses.add(code);
            } else {
                step.problem("pass", "a list of statuses such as 404");
            }
        }
        if (step.has("pass") && statuses.isEmpty()) {
            step.problem("pass", "a list of statuses such as 404");
        }
        return statuses;
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
