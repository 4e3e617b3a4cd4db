package io.segmentdo.connector;

import io.segmentdo.api.Delivery;
import io.segmentdo.api.DestinationContext;
import io.segmentdo.api.HttpConnector;
import io.segmentdo.api.HttpRequest;
import io.segmentdo.api.HttpResponse;
import io.segmentdo.api.OutboundEvent;
import io.segmentdo.api.Step;
import io.segmentdo.mapping.MappingException;
import io.segmentdo.mapping.Scope;
import java.util.ArrayList;
import java.util.List;

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

    @Override
    public List<Step> steps(List<OutboundEvent> batch) {
        var steps = new ArrayList<Step>();
        List<EventGroup> groups =
                EventGroup.gather(batch, scopes, context, (event, outcome) -> steps.add(Step.settle(event, outcome)));
        for (EventGroup group : groups) {
            steps.addAll(send(group));
        }
        return steps;
    }

    private List<Step> send(EventGroup group) {
        try {
            Scope scope = group.scope(scopes);
            HttpRequest request = group.plan().steps().getFirst().request().make(scope, context.json());
            return List.of(Step.send(authentication.authenticate(request, scope), group.events()));
        } catch (MappingException unfit) {
            return settle(group, String.valueOf(unfit.getMessage()));
        } catch (IllegalArgumentException noUrl) {
            return settle(group, NO_REQUEST);
        }
    }

    private static List<Step> settle(EventGroup group, String reason) {
        return group.events().stream()
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
