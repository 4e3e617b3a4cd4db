package io.segmentdo.connector;

import io.segmentdo.api.DestinationContext;
import io.segmentdo.api.OutboundEvent;
import io.segmentdo.mapping.Mapping;
import io.segmentdo.mapping.Scope;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What mappings see: settings and variables, and the event, or the items of a batch.
 *
 * <p>Safe for concurrent use.
 */
final class EventScopes {
    private final Map<String, ActionPlan> actions;
    private final Scope configured;
    private final DestinationContext context;

    EventScopes(Map<String, ActionPlan> actions, Scope configured, DestinationContext context) {
        this.actions = Map.copyOf(actions);
        this.configured = configured;
        this.context = context;
    }

    /** The plan of an event's action; where there is only one, the event need not name it. */
    ActionPlan plan(OutboundEvent event) throws RefusedException {
        String name = event.action();
        ActionPlan plan = name.isEmpty() && actions.size() == 1
                ? actions.values().iterator().next()
                : actions.get(name);
        if (plan == null) {
            throw new RefusedException("unknown action " + name);
        }
        return plan;
    }

    /** One event, whose fields are checked and converted; empty for one that is to be left out. */
    Optional<Scope> ofEvent(OutboundEvent event, ActionPlan plan) throws RefusedException {
        Map<String, @Nullable Object> given = new LinkedHashMap<>();
        if (event.payload() instanceof Map<?, ?> members) {
            members.forEach((name, value) -> given.put(String.valueOf(name), value));
        }
        Map<String, @Nullable Object> fields =
                FieldPlan.convert(plan.fields(), given, "", plan.fields().isEmpty());
        Scope scope = configured
                .at(event.asMap())
                .with("event", event.asMap())
                .with("field", fields)
                .with("now", context.clock().instant());
        scope = new WorkedOut(plan.let(), scope).scope();
        for (Mapping skip : plan.skips()) {
            if (Boolean.TRUE.equals(skip.apply(scope))) {
                return Optional.empty();
            }
        }
        for (ActionPlan.Check check : plan.checks()) {
            if (!Boolean.TRUE.equals(check.rule().apply(scope))) {
                throw new RefusedException(check.message());
            }
        }
        if (plan.audience().isEmpty()) {
            return Optional.of(scope);
        }
        Scope seen = scope;
        return plan.audience().get().of(seen).map(spoken -> seen.with(AudiencePlan.BOUND, spoken));
    }

    /** The events of a batch. */
    Scope ofBatch(List<@Nullable Object> items, List<Object> group, Map<?, ?> audience, Map<String, Mapping> let) {
        Scope scope = configured
                .with("items", items)
                .with(AudiencePlan.BOUND, audience)
                .with("group", group)
                .with("now", context.clock().instant());
        return new WorkedOut(let, scope).scope();
    }
}
