package io.segmentdo.connector;

import io.segmentdo.api.Action;
import io.segmentdo.mapping.Fql;
import io.segmentdo.mapping.InvalidFqlException;
import io.segmentdo.mapping.Mapping;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * One action of a connector file, compiled.
 *
 * <p>Immutable.
 *
 * @param declared as the platform sees it: subscription and default mapping
 * @param fields what the mapping gives
 * @param checks what must hold of an event
 * @param item the shape of one event in a batch; without one it is the payload
 * @param batch how events go together; without it each goes alone
 * @param steps the requests that they become; more than one only without a batch
 * @param responses what the answers mean
 */
record ActionPlan(
        Action declared,
        List<FieldPlan> fields,
        List<Check> checks,
        Optional<Mapping> item,
        Optional<BatchPlan> batch,
        List<StepPlan> steps,
        ResponseRules responses) {
    private static final Set<String> OF_EVENT = Set.of("settings", "vars", "event", "field", "now");
    private static final Set<String> OF_BATCH = Set.of("settings", "vars", "items", "group", "now");

    /**
     * A rule that an event must meet.
     *
     * @param rule a condition
     * @param message why it is refused otherwise
     */
    record Check(Mapping rule, String message) {}

    /** Whether its requests must be sent one after another, by what is known of each response. */
    boolean isSequence() {
        StepPlan first = steps.getFirst();
        return steps.size() > 1 || first.when().isPresent() || !first.passable().isEmpty();
    }

    /** Reads one action of a file. */
    static ActionPlan read(YamlObject action, Set<String> secrets) {
        action.allow(
                "name",
                "label",
                "description",
                "subscribe",
                "fields",
                "validate",
                "item",
                "batch",
                "request",
                "steps",
                "response");
        Optional<BatchPlan> batch =
                action.has("batch") ? Optional.of(BatchPlan.read(action, OF_EVENT)) : Optional.empty();
        if (action.has("item") && batch.isEmpty()) {
            action.problem("item", "batch beside it");
        }
        return new ActionPlan(
                declared(action),
                FieldPlan.read(action),
                checks(action),
                action.has("item") ? Optional.of(action.mapping("item", OF_EVENT)) : Optional.empty(),
                batch,
                StepPlan.read(action, batch.isPresent() ? OF_BATCH : OF_EVENT, secrets),
                ResponseRules.read(action));
    }

    private static Action declared(YamlObject action) {
        String name = action.text("name");
        String subscription = action.text("subscribe");
        try {
            Fql.compile(subscription);
        } catch (InvalidFqlException invalid) {
            action.problem("subscribe", String.valueOf(invalid.getMessage()));
        }
        Map<String, Object> defaults = new LinkedHashMap<>();
        action.object("fields").eachObject((field, plan) -> {
            Object value = plan.raw("default");
            if (value != null) {
                plan.mapping("default", Set.of());
                defaults.put(field, value);
            }
        });
        return Action.of(name, action.text("label", name))
                .description(action.text("description", name))
                .subscription(subscription)
                .mapping(defaults);
    }

    private static List<Check> checks(YamlObject action) {
        var checks = new ArrayList<Check>();
        for (YamlObject check : action.objects("validate")) {
            check.allow("rule", "message");
            checks.add(new Check(check.mapping("rule", OF_EVENT), check.text("message")));
        }
        return checks;
    }
}
