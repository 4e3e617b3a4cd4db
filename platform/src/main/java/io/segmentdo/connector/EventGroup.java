package io.segmentdo.connector;

import io.segmentdo.api.Batching;
import io.segmentdo.api.Delivery;
import io.segmentdo.api.DestinationContext;
import io.segmentdo.api.OutboundEvent;
import io.segmentdo.mapping.Mapping;
import io.segmentdo.mapping.MappingException;
import io.segmentdo.mapping.Scope;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** Events of one action that share a request; an event that goes alone brings its own scope. Confined to its thread. */
final class EventGroup {
    private final ActionPlan plan;
    private final List<Object> key;
    private final Optional<Scope> alone;
    private final List<OutboundEvent> events = new ArrayList<>();
    private final List<@Nullable Object> items = new ArrayList<>();
    private long bytes;

    private EventGroup(ActionPlan plan, List<Object> key, Optional<Scope> alone) {
        this.plan = plan;
        this.key = key;
        this.alone = alone;
    }

    /**
     * Gathers the events of a batch, in the order of their first events.
     *
     * @param settle takes an event that goes nowhere, with what became of it
     */
    static List<EventGroup> gather(
            List<OutboundEvent> batch,
            EventScopes scopes,
            DestinationContext context,
            BiConsumer<OutboundEvent, Delivery> settle) {
        var groups = new ArrayList<EventGroup>();
        Map<List<Object>, EventGroup> open = new LinkedHashMap<>();
        for (OutboundEvent event : batch) {
            try {
                ActionPlan plan = scopes.plan(event);
                Optional<Scope> scope = scopes.ofEvent(event, plan);
                if (scope.isEmpty()) {
                    settle.accept(event, Delivery.delivered());
                } else {
                    add(event, plan, scope.get(), context, groups, open);
                }
            } catch (RefusedException | MappingException refused) {
                settle.accept(event, Delivery.rejected(String.valueOf(refused.getMessage())));
            } catch (IllegalArgumentException noJson) {
                settle.accept(event, Delivery.rejected(DeclaredConnector.NO_REQUEST));
            }
        }
        return groups;
    }

    private static void add(
            OutboundEvent event,
            ActionPlan plan,
            Scope scope,
            DestinationContext context,
            List<EventGroup> groups,
            Map<List<Object>, EventGroup> open) {
        if (plan.batch().isEmpty()) {
            var alone = new EventGroup(plan, List.of(), Optional.of(scope));
            alone.add(event, null, 0);
            groups.add(alone);
            return;
        }
        BatchPlan batch = plan.batch().get();
        Object item = plan.item().isPresent() ? plan.item().get().apply(scope) : event.payload();
        List<Object> values = new ArrayList<>();
        for (Mapping mapping : batch.groupBy()) {
            values.add(String.valueOf(mapping.apply(scope)));
        }
        List<Object> key = List.of(plan.declared().id(), values);
        long size = batch.weighs() && item != null ? context.json().write(item).length + 1 : 0;
        EventGroup group = open.get(key);
        if (group == null || !group.hasRoom(batch.limits(), size)) {
            group = new EventGroup(plan, values, Optional.empty());
            open.put(key, group);
            groups.add(group);
        }
        group.add(event, item, size);
    }

    private void add(OutboundEvent event, @Nullable Object item, long size) {
        events.add(event);
        items.add(item);
        bytes += size;
    }

    private boolean hasRoom(Batching limits, long size) {
        return events.size() < limits.events() && bytes + size <= limits.bytes();
    }

    ActionPlan plan() {
        return plan;
    }

    List<OutboundEvent> events() {
        return events;
    }

    /** What the mappings of its requests see. */
    Scope scope(EventScopes scopes) {
        return alone.orElseGet(() -> scopes.ofBatch(items, key));
    }
}
