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
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Reads {@code request}, or {@code steps} where there is more than one. Confined to its thread. */
final class StepReader {
    private static final int AT_ONCE_MAX = 32;

    private static final String[] KEYS = {
        "name", "when", "forEach", "request", "capture", "cache", "response", "pass", "on"
    };
    private static final String[] ALL_KEYS =
            Stream.concat(Stream.of(KEYS), Stream.of("steps")).toArray(String[]::new);

    private final Set<String> names;
    private final Set<String> secrets;

    /** Every name that a step has been given so far, so that what is remembered of each is its own. */
    private final Set<String> taken = new HashSet<>();

    private StepReader(Set<String> names, Set<String> secrets) {
        this.names = names;
        this.secrets = secrets;
    }

    /**
     * The steps of an object; at least one, also where problems were found.
     *
     * @param names what mappings may refer to
     * @param secrets settings that URLs must not contain
     */
    static List<StepPlan> read(YamlObject holder, Set<String> names, Set<String> secrets) {
        if (!holder.has("steps")) {
            Optional<StepPlan.Each> each = each(holder, names);
            return List.of(StepPlan.only(RequestPlan.read(holder, withItem(names, each), secrets), each));
        }
        if (holder.has("request") || holder.has("forEach")) {
            holder.problem("steps", "no request and no forEach beside it");
        }
        return new StepReader(names, secrets).sequence(holder, Set.of(), false);
    }

    /**
     * The steps that an {@code audience} stands for: find it or make it, which is remembered, then add or remove people.
     *
     * @param names what mappings may refer to, the audience among them
     */
    static List<StepPlan> ofAudience(YamlObject audience, Set<String> names, Set<String> secrets) {
        var reader = new StepReader(names, secrets);
        var steps = new ArrayList<StepPlan>();
        Duration ttl = audience.duration("ttl", Duration.ofHours(1));
        if (audience.has("get") || audience.has("create")) {
            List<StepPlan> inside = new ArrayList<>();
            List<Map<String, Object>> ids = List.of(
                    Map.of("@step", "get.id"),
                    Map.of("@step", "create.id"),
                    Map.of("@fail", "there is no such audience at the destination"));
            reader.part(audience, "get", Map.of("@literal", true)).ifPresent(inside::add);
            reader.part(audience, "create", Map.of("@not", Map.of("@exists", Map.of("@step", "get.id"))))
                    .ifPresent(inside::add);
            steps.add(new StepPlan(
                    AudiencePlan.BOUND,
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    inside,
                    Map.of("id", made(Map.of("@coalesce", ids))),
                    Optional.of(new StepPlan.Cache(made(Map.of("@audience", "name")), Optional.empty(), ttl)),
                    Optional.empty(),
                    Map.of()));
        }
        Map<String, Object> isMember = Map.of("@audience", "member");
        reader.part(audience, "add", isMember).ifPresent(steps::add);
        reader.part(audience, "remove", Map.of("@not", isMember)).ifPresent(steps::add);
        return steps;
    }

    private Optional<StepPlan> part(YamlObject audience, String name, Map<String, Object> when) {
        if (!audience.has(name)) {
            return Optional.empty();
        }
        YamlObject part = audience.object(name).allow("forEach", "request", "capture", "response", "pass");
        return Optional.of(plan(part, name, Optional.of(made(when)), List.of(), Set.of(), Optional.empty(), List.of()));
    }

    private static Mapping made(Map<String, Object> directive) {
        return Mapping.compile((Object) directive, Set.of(AudiencePlan.BOUND, "step"));
    }

    /** What is captured inside of a step is seen only there; inside of that there are requests only. */
    private List<StepPlan> sequence(YamlObject holder, Set<String> before, boolean isInside) {
        var steps = new ArrayList<StepPlan>();
        Set<String> earlier = new LinkedHashSet<>(before);
        List<YamlObject> declared = holder.objects("steps");
        List<String> all =
                declared.stream().map(step -> String.valueOf(step.raw("name"))).toList();
        for (YamlObject step : declared) {
            steps.add(step(step, earlier, all.subList(steps.size() + 1, all.size()), isInside));
            String name = steps.getLast().name();
            earlier.add(name);
            if (!taken.add(name) || names.contains(name)) {
                step.problem("name", "a name of its own");
            }
        }
        if (steps.isEmpty()) {
            holder.problem("steps", "at least one step");
            steps.add(StepPlan.only(RequestPlan.read(holder, names, secrets), Optional.empty()));
        }
        return steps;
    }

    private StepPlan step(YamlObject step, Set<String> earlier, List<String> later, boolean isInside) {
        boolean isSequence = step.has("steps");
        step.allow(isInside ? KEYS : ALL_KEYS);
        // whether what was captured is still good, is judged by what was captured
        checkReferences(step, step.raw("cache"), with(earlier, step.text("name")));
        for (String key : List.of("when", "forEach", "request")) {
            checkReferences(step, step.raw(key), earlier);
            if (isSequence && List.of("forEach", "request").contains(key) && step.has(key)) {
                step.problem("steps", "no request and no forEach beside it");
            }
        }
        Set<String> known = with(names, "step");
        List<StepPlan> inner = isSequence && !isInside ? sequence(step, earlier, true) : List.of();
        return plan(
                step,
                step.text("name"),
                step.has("when") ? Optional.of(step.mapping("when", known)) : Optional.empty(),
                inner,
                earlier,
                step.has("cache") ? Optional.of(cache(step, known)) : Optional.empty(),
                later);
    }

    private StepPlan plan(
            YamlObject step,
            String name,
            Optional<Mapping> when,
            List<StepPlan> inner,
            Set<String> earlier,
            Optional<StepPlan.Cache> cache,
            List<String> later) {
        Set<String> known = with(names, "step");
        Optional<StepPlan.Each> each = each(step, known);
        return new StepPlan(
                name,
                when,
                each,
                step.has("steps")
                        ? Optional.empty()
                        : Optional.of(RequestPlan.read(step, withItem(with(known, earlier), each), secrets)),
                inner,
                capture(step, with(known, ResponseRules.NAMES)),
                cache,
                step.has("response") ? Optional.of(ResponseRules.read(step)) : Optional.empty(),
                next(step, later));
    }

    private static Map<String, Mapping> capture(YamlObject step, Set<String> names) {
        Map<String, Mapping> capture = new LinkedHashMap<>();
        YamlObject captured = step.object("capture");
        captured.names().forEach(name -> capture.put(name, captured.path(name, names)));
        return capture;
    }

    /** Reads {@code forEach}: a list, or an object that has it as {@code list}. */
    private static Optional<StepPlan.Each> each(YamlObject step, Set<String> names) {
        if (!step.has("forEach")) {
            step.takes("forEach", SchemaNode.Kind.MAPPING);
            return Optional.empty();
        }
        if (!(step.raw("forEach") instanceof Map<?, ?> object && object.containsKey("list"))) {
            return Optional.of(new StepPlan.Each(step.path("forEach", names), 1));
        }
        YamlObject each = step.object("forEach").allow("list", "maxConcurrent");
        int atOnce = each.count("maxConcurrent", 1);
        if (atOnce > AT_ONCE_MAX) {
            each.problem("maxConcurrent", "at most " + AT_ONCE_MAX);
        }
        return Optional.of(new StepPlan.Each(each.path("list", names), atOnce));
    }

    private static Set<String> withItem(Set<String> names, Optional<StepPlan.Each> each) {
        return each.isPresent() ? with(names, "item") : names;
    }

    /** These names and one more. */
    static Set<String> with(Set<String> names, String name) {
        return with(names, Set.of(name));
    }

    private static Set<String> with(Set<String> names, Set<String> more) {
        Set<String> all = new HashSet<>(names);
        all.addAll(more);
        return all;
    }

    private static StepPlan.Cache cache(YamlObject step, Set<String> names) {
        YamlObject cache = step.object("cache").allow("key", "when", "ttl");
        if (!step.has("capture")) {
            step.problem("cache", "capture beside it");
        }
        return new StepPlan.Cache(
                cache.mapping("key", names),
                cache.has("when") ? Optional.of(cache.mapping("when", names)) : Optional.empty(),
                cache.duration("ttl", Duration.ofMinutes(10)));
    }

    /** Reads {@code pass}, statuses after which the next step follows, and {@code on}, what follows by status. */
    private static Map<Integer, String> next(YamlObject step, List<String> later) {
        Map<Integer, String> next = new HashMap<>();
        step.statuses("pass").forEach(status -> next.put(status, StepPlan.CONTINUE));
        YamlObject on = step.object("on");
        for (String status : on.names()) {
            String target = on.text(status);
            if (!status.matches("[1-5]\\d\\d")) {
                on.problem(status, "a status such as 404");
            } else if (!target.equals(StepPlan.CONTINUE) && !target.equals(StepPlan.STOP) && !later.contains(target)) {
                on.problem(status, StepPlan.CONTINUE + ", " + StepPlan.STOP + " or the name of a later step");
            } else {
                next.put(Integer.valueOf(status), target);
            }
        }
        return next;
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
