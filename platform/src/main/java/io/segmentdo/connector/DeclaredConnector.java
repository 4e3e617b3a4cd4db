package io.segmentdo.connector;

import io.segmentdo.api.Batching;
import io.segmentdo.api.Delivery;
import io.segmentdo.api.DestinationContext;
import io.segmentdo.api.HttpConnector;
import io.segmentdo.api.HttpRequest;
import io.segmentdo.api.HttpResponse;
import io.segmentdo.api.OutboundEvent;
import io.segmentdo.api.Step;
import io.segmentdo.mapping.Mapping;
import io.segmentdo.mapping.MappingException;
import io.segmentdo.mapping.Scope;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Delivers by the plans of a connector file.
 *
 * <p>An event that its action refuses, or that does not fit the mappings, is settled without a request. Requests stand in
 * the order of their first events. Threads as in {@link io.segmentdo.api.Connector}.
 */
final class DeclaredConnector implements HttpConnector {
    /** Why an event is rejected whose request comes to nothing; more would repeat parts of the event. */
    static final String NO_REQUEST = "the request cannot be made: no URL comes of it, or no JSON";

    private final EventScopes scopes;
    private final Authentication authentication;
    private final DestinationContext context;

    DeclaredConnector(EventScopes scopes, Authentication authentication, DestinationContext context) {
        this.scopes = scopes;
        this.authentication = authentication;
        this.context = context;
    }

    /** Events of one action that share a request; an event that goes alone brings its own scope. */
    private static final class Group {
        private final ActionPlan plan;
        private final List<Object> key;
        private final Optional<Scope> alone;
        private final List<OutboundEvent> events = new ArrayList<>();
        private final List<@Nullable Object> items = new ArrayList<>();
        private long bytes;

        Group(ActionPlan plan, List<Object> key, Optional<Scope> alone) {
            this.plan = plan;
            this.key = key;
            this.alone = alone;
        }

        void add(OutboundEvent event, @Nullable Object item, long size) {
            events.add(event);
            items.add(item);
            bytes += size;
        }

        boolean hasRoom(Batching limits, long size) {
            return events.size() < limits.events() && bytes + size <= limits.bytes();
        }
    }

    @Override
    public List<Step> steps(List<OutboundEvent> batch) {
        var settled = new ArrayList<Step>();
        var groups = new ArrayList<Group>();
        Map<List<Object>, Group> open = new LinkedHashMap<>();
        for (OutboundEvent event : batch) {
            try {
                add(event, scopes.plan(event), groups, open);
            } catch (RefusedException | MappingException refused) {
                settled.add(Step.settle(event, Delivery.rejected(String.valueOf(refused.getMessage()))));
            } catch (IllegalArgumentException noJson) {
                settled.add(Step.settle(event, Delivery.rejected(NO_REQUEST)));
            }
        }
        for (Group group : groups) {
            settled.addAll(send(group));
        }
        return settled;
    }

    private void add(OutboundEvent event, ActionPlan plan, List<Group> groups, Map<List<Object>, Group> open)
            throws RefusedException {
        Scope scope = scopes.ofEvent(event, plan);
        if (plan.batch().isEmpty()) {
            var alone = new Group(plan, List.of(), Optional.of(scope));
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
        Group group = open.get(key);
        if (group == null || !group.hasRoom(batch.limits(), size)) {
            group = new Group(plan, values, Optional.empty());
            open.put(key, group);
            groups.add(group);
        }
        group.add(event, item, size);
    }

    private List<Step> send(Group group) {
        try {
            Scope scope = group.alone.orElseGet(() -> scopes.ofBatch(group.items, group.key));
            HttpRequest request = group.plan.steps().getFirst().request().make(scope, context.json());
            return List.of(Step.send(authentication.authenticate(request, scope), group.events));
        } catch (MappingException unfit) {
            return settle(group, String.valueOf(unfit.getMessage()));
        } catch (IllegalArgumentException noUrl) {
            return settle(group, NO_REQUEST);
        }
    }

    private static List<Step> settle(Group group, String reason) {
        return group.events.stream()
                .map(event -> (Step) Step.settle(event, Delivery.rejected(reason)))
                .toList();
    }

    @Override
    public List<Delivery> outcomes(Step.Send step, HttpResponse response) {
        try {
            ActionPlan plan = scopes.plan(step.events().getFirst());
            int events = step.events().size();
            return plan.responses()
                    .outcomes(events, response, context.json(), context.clock().instant());
        } catch (RefusedException impossible) {
            throw new IllegalStateException("a request was sent for an action that is unknown", impossible);
        }
    }
}
