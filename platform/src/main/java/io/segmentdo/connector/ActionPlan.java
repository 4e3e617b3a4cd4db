package io.segmentdo.connector;

import io.segmentdo.api.Action;
import io.segmentdo.api.Batching;
import io.segmentdo.api.CodedAction;
import io.segmentdo.api.HttpResponse;
import io.segmentdo.api.Json;
import io.segmentdo.mapping.Fql;
import io.segmentdo.mapping.InvalidFqlException;
import io.segmentdo.mapping.Mapping;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * One action of a connector file, compiled.
 *
 * <p>Immutable.
 *
 * @param declared as the platform sees it: subscription and default mapping
 * @param fields what the mapping gives, by name
 * @param let values worked out of an event, by name, which may refer to each other
 * @param skips conditions under which an event is left out: it counts as delivered
 * @param checks what must hold of an event
 * @param audience of which an event speaks; one that speaks of none is left out
 * @param item the shape of one event in a batch; without one it is the payload
 * @param batch how events go together; without it each goes alone
 * @param steps the requests that they become; more than one only without a batch
 * @param alone the requests of an event that goes alone
 * @param responses what the answers mean
 * @param code what delivers instead of requests
 */
record ActionPlan(
        Action declared,
        Map<String, FieldPlan> fields,
        Map<String, Mapping> let,
        List<Mapping> skips,
        List<Check> checks,
        Optional<AudiencePlan> audience,
        Optional<Mapping> item,
        Optional<BatchPlan> batch,
        List<StepPlan> steps,
        List<StepPlan> alone,
        ResponseRules responses,
        Optional<Supplier<CodedAction>> code) {
    private static final Set<String> OF_EVENT = Set.of("settings", "vars", "event", "field", "let", "now");
    private static final List<String> SHARED = List.of("let", "validate", "request", "batch", "item", "response");
    private static final Set<String> OF_BATCH = Set.of("settings", "vars", "items", "group", "let", "now");

    /**
     * A rule that an event must meet.
     *
     * @param rule a condition
     * @param message why it is refused otherwise
     */
    record Check(Mapping rule, String message) {}

    /** Whether its requests must be sent one after another, by what is known of each response. */
    boolean isSequence() {
        return code.isPresent() || !isSingle(steps) || !isSingle(alone);
    }

    private static boolean isSingle(List<StepPlan> steps) {
        return steps.size() == 1 && steps.getFirst().isPlain();
    }

    /** Whether a response means that there was too much in its request. */
    boolean splits(int events, HttpResponse response, Json json) {
        boolean isListed =
                batch.map(plan -> plan.splitOn().contains(response.status())).orElse(false);
        return events > 1 && (isListed || responses.splits(response, json));
    }

    /** Reads one action of a file; what it does not say itself, the file says for all of its actions. */
    static ActionPlan read(YamlObject own, YamlObject connector, Set<String> secrets, CodeLoader code) {
        own.allow(
                "name",
                "label",
                "description",
                "subscribe",
                "preset",
                "fields",
                "let",
                "skip",
                "validate",
                "item",
                "batch",
                "audience",
                "forEach",
                "request",
                "steps",
                "response",
                "java");
        connector.schema().share("fields", own.schema());
        YamlObject action = own;
        for (String key : SHARED) {
            boolean isReplaced = key.equals("request") && (own.has("steps") || own.has("audience"));
            action = isReplaced ? action : action.filledFrom(connector, key);
        }
        Optional<BatchPlan> batch =
                action.has("batch") ? Optional.of(BatchPlan.read(action, OF_EVENT, OF_BATCH)) : Optional.empty();
        if (action.has("item") && batch.isEmpty()) {
            action.problem("item", "batch beside it");
        }
        Requests requests = Requests.read(action, batch.isPresent(), secrets);
        return new ActionPlan(
                declared(action, connector.object("fields"))
                        .batching(batch.map(BatchPlan::limits).orElse(Batching.OFF)),
                FieldPlan.read(action, "fields", connector.object("fields"), true),
                action.namedMappings("let", OF_EVENT),
                action.mappings("skip", OF_EVENT),
                checks(action),
                AudiencePlan.read(action, OF_EVENT),
                action.has("item") ? Optional.of(action.mapping("item", OF_EVENT)) : Optional.empty(),
                batch,
                requests.steps(),
                requests.alone(),
                ResponseRules.read(action),
                action.has("java") ? code.read(action, "java", CodedAction.class) : Optional.empty());
    }

    /** The requests of a batch, and of an event that goes alone. */
    private record Requests(List<StepPlan> steps, List<StepPlan> alone) {
        static Requests read(YamlObject action, boolean isBatch, Set<String> secrets) {
            if (action.has("java")) {
                if (action.has("request") || action.has("steps")) {
                    action.problem("java", "no request and no steps beside it");
                }
                return new Requests(List.of(), List.of());
            }
            if (action.has("audience")) {
                Set<String> names = StepReader.with(isBatch ? OF_BATCH : OF_EVENT, AudiencePlan.BOUND);
                List<StepPlan> steps = StepReader.ofAudience(action.object("audience"), names, secrets);
                return new Requests(steps, steps);
            }
            YamlObject batch = action.object("batch");
            if (batch.has("request") || batch.has("steps")) {
                return new Requests(
                        StepReader.read(batch, OF_BATCH, secrets), StepReader.read(action, OF_EVENT, secrets));
            }
            List<StepPlan> steps = StepReader.read(action, isBatch ? OF_BATCH : OF_EVENT, secrets);
            return new Requests(steps, steps);
        }
    }

    private static Action declared(YamlObject action, YamlObject sharedFields) {
        String name = action.text("name");
        String subscription = action.text("subscribe", "");
        if (!subscription.isEmpty()) {
            try {
                Fql.compile(subscription);
            } catch (InvalidFqlException invalid) {
                action.problem("subscribe", String.valueOf(invalid.getMessage()));
            }
        } else if (!action.has("subscribe")) {
            action.problem("subscribe", "an FQL expression, or an empty text for an action that has none by default");
        }
        return Action.of(name, action.text("label", name))
                .description(action.text("description", name))
                .subscription(subscription)
                .mapping(FieldPlan.defaults(action, sharedFields))
                .fields(FieldPlan.read(action, "fields", sharedFields, true).values().stream()
                        .map(FieldPlan::declared)
                        .toList());
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
