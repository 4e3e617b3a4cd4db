package io.segmentdo.connector;

import io.segmentdo.api.Batching;
import io.segmentdo.api.Delivery;
import io.segmentdo.api.DestinationContext;
import io.segmentdo.api.OutboundEvent;
import io.segmentdo.mapping.Mapping;
import io.segmentdo.mapping.MappingException;
import io.segmentdo.mapping.Scope;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** Events of one action that share a request; an event that goes alone brings its own scope. Confined to its thread. */
final class EventGroup {
    /** One element of a request's body, and the events that it stands for by their places. */
    private record Item(@Nullable Object value, @Nullable Object order, List<Integer> events) {}

    private final ActionPlan plan;
    private final List<Object> key;
    private final Map<?, ?> audience;
    private final Optional<Scope> alone;
    private final List<OutboundEvent> events = new ArrayList<>();
    private final Map<Object, Item> items = new LinkedHashMap<>();
    private long bytes;

    private EventGroup(ActionPlan plan, List<Object> key, Map<?, ?> audience, Optional<Scope> alone) {
        this.plan = plan;
        this.key = key;
        this.audience = audience;
        this.alone = alone;
    }

    /**
     * Gathers the events of a batch, in the order of their first events.
     *
     * @param splits how many events may go together with one that was refused in larger company
     * @param settle takes an event that goes nowhere, with what became of it
     */
    static List<EventGroup> gather(
            List<OutboundEvent> batch,
            EventScopes scopes,
            DestinationContext context,
            Map<Object, Integer> splits,
            BiConsumer<OutboundEvent, Delivery> settle) {
        var groups = new ArrayList<EventGroup>();
        Map<List<Object>, EventGroup> open = new LinkedHashMap<>();
        for (OutboundEvent event : batch) {
            try {
                ActionPlan plan = scopes.plan(event);
                Optional<Scope> scope = scopes.ofEvent(event, plan);
                if (scope.isEmpty()) {
                    settle.accept(event, Delivery.skipped());
                } else if (goesAlone(plan, scope.get())) {
                    var alone = new EventGroup(plan, List.of(), Map.of(), scope);
                    alone.events.add(event);
                    groups.add(alone);
                } else {
                    add(event, plan, scope.get(), context, splits, groups, open);
                }
            } catch (RefusedException | MappingException refused) {
                settle.accept(event, Delivery.rejected(String.valueOf(refused.getMessage())));
            } catch (IllegalArgumentException noJson) {
                settle.accept(event, Delivery.rejected(DeclaredConnector.NO_REQUEST));
            }
        }
        return groups;
    }

    private static boolean goesAlone(ActionPlan plan, Scope scope) {
        return plan.batch()
                .map(batch -> batch.when()
                        .map(when -> !Boolean.TRUE.equals(when.apply(scope)))
                        .orElse(false))
                .orElse(true);
    }

    private static void add(
            OutboundEvent event,
            ActionPlan plan,
            Scope scope,
            DestinationContext context,
            Map<Object, Integer> splits,
            List<EventGroup> groups,
            Map<List<Object>, EventGroup> open) {
        BatchPlan batch = plan.batch().orElseThrow();
        Object item = plan.item().isPresent() ? plan.item().get().apply(scope) : event.payload();
        List<Object> values = texts(batch.groupBy(), scope);
        int most = splits.getOrDefault(event.messageId(), batch.limits().events());
        Map<?, ?> audience = scope.bindings().get(AudiencePlan.BOUND) instanceof Map<?, ?> spoken ? spoken : Map.of();
        List<Object> key = List.of(plan.declared().id(), values, audience, most);
        long size = batch.weighs() ? size(plan, event, item, context) : 0;
        EventGroup group = open.get(key);
        if (group == null || !group.hasRoom(batch.limits(), most, size)) {
            group = new EventGroup(plan, values, audience, Optional.empty());
            open.put(key, group);
            groups.add(group);
        }
        Object identity = batch.dedupeBy().isEmpty() ? group.events.size() : texts(batch.dedupeBy(), scope);
        group.add(
                event,
                identity,
                item,
                batch.orderBy().map(by -> by.apply(scope)).orElse(null));
        group.bytes += size;
    }

    private static long size(ActionPlan plan, OutboundEvent event, @Nullable Object item, DestinationContext context) {
        if (item == null) {
            return 0;
        }
        byte[] json =
                plan.item().isEmpty() ? event.payloadJson() : context.json().write(item);
        return json.length + 1L;
    }

    private static List<Object> texts(List<Mapping> mappings, Scope scope) {
        List<Object> values = new ArrayList<>();
        for (Mapping mapping : mappings) {
            Object value = mapping.apply(scope);
            values.add(value == null ? "" : value.toString());
        }
        return values;
    }

    private void add(OutboundEvent event, Object identity, @Nullable Object value, @Nullable Object order) {
        List<Integer> places = new ArrayList<>();
        boolean isMerged = plan.batch().map(BatchPlan::merge).orElse(false);
        // what replaces another one stands where it was last
        Item same = isMerged ? items.get(identity) : items.remove(identity);
        Object sent = value;
        if (same != null) {
            places.addAll(same.events());
            sent = isMerged ? Merged.of(same.value(), value) : value;
        }
        places.add(events.size());
        events.add(event);
        items.put(identity, new Item(sent, order, places));
    }

    private boolean hasRoom(Batching limits, int most, long size) {
        return events.size() < Math.min(limits.events(), most) && bytes + size <= limits.bytes();
    }

    ActionPlan plan() {
        return plan;
    }

    List<OutboundEvent> events() {
        return events;
    }

    boolean isAlone() {
        return alone.isPresent();
    }

    /** What is sent. */
    List<StepPlan> steps() {
        return alone.isPresent() ? plan.alone() : plan.steps();
    }

    /** What the mappings of its requests see. */
    Scope scope(EventScopes scopes) {
        return alone.orElseGet(() -> {
            List<@Nullable Object> values = new ArrayList<>();
            sorted().forEach(item -> values.add(item.value()));
            Map<String, Mapping> let = plan.batch().map(BatchPlan::let).orElse(Map.of());
            return scopes.ofBatch(values, key, audience, let);
        });
    }

    /** How many outcomes a response has for it. */
    int size() {
        return alone.isPresent() ? 1 : items.size();
    }

    /** Outcomes of items as outcomes of events. */
    List<Delivery> ofEvents(List<Delivery> ofItems) {
        if (ofItems.size() == 1 || !plan.batch().map(BatchPlan::rearranges).orElse(false)) {
            return ofItems;
        }
        Map<Integer, Delivery> outcomes = new HashMap<>();
        List<Item> sorted = sorted();
        for (int i = 0; i < sorted.size(); i++) {
            Delivery outcome = ofItems.get(i);
            sorted.get(i).events().forEach(place -> outcomes.put(place, outcome));
        }
        List<Delivery> ofEvents = new ArrayList<>();
        for (int i = 0; i < events.size(); i++) {
            ofEvents.add(outcomes.getOrDefault(i, Delivery.retry("no outcome")));
        }
        return ofEvents;
    }

    private List<Item> sorted() {
        List<Item> sorted = new ArrayList<>(items.values());
        if (plan.batch().flatMap(BatchPlan::orderBy).isPresent()) {
            sorted.sort(Comparator.comparing(Item::order, EventGroup::compare));
        }
        return sorted;
    }

    /** Numbers by value, others as texts, and what is missing first. */
    private static int compare(@Nullable Object a, @Nullable Object b) {
        return a instanceof Number x && b instanceof Number y
                ? Double.compare(x.doubleValue(), y.doubleValue())
                : (a == null ? "" : a.toString()).compareTo(b == null ? "" : b.toString());
    }
}
