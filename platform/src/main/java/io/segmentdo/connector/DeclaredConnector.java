package io.segmentdo.connector;

import io.segmentdo.api.CredentialCheck;
import io.segmentdo.api.Delivery;
import io.segmentdo.api.DestinationContext;
import io.segmentdo.api.HttpConnector;
import io.segmentdo.api.HttpRequest;
import io.segmentdo.api.HttpResponse;
import io.segmentdo.api.OutboundEvent;
import io.segmentdo.api.Step;
import io.segmentdo.api.UserDeletion;
import io.segmentdo.mapping.MappingException;
import io.segmentdo.mapping.Scope;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Delivers by the plans of a connector file in which every event needs one request.
 *
 * <p>An event that its action refuses, or that does not fit the mappings, is settled without a request. Requests stand in
 * the order of their first events. Threads as in {@link io.segmentdo.api.Connector}.
 */
final class DeclaredConnector implements HttpConnector {
    /** Why an event is rejected whose request comes to nothing; more would repeat parts of the event. */
    static final String NO_REQUEST = "the request cannot be made: no URL comes of it, or no JSON";

    private final EventScopes scopes;
    private final Protocol protocol;
    private final Credentials credentials;
    private final Calls calls;
    private final DestinationContext context;
    private final Splitting splitting = new Splitting();

    DeclaredConnector(EventScopes scopes, Protocol protocol, Calls calls) {
        this.scopes = scopes;
        this.protocol = protocol;
        this.credentials = protocol.credentials();
        this.calls = calls;
        this.context = protocol.context();
    }

    @Override
    public List<Step> steps(List<OutboundEvent> batch) {
        var steps = new ArrayList<Step>();
        List<EventGroup> groups = EventGroup.gather(
                batch, scopes, context, splitting.most(), (event, outcome) -> steps.add(Step.settle(event, outcome)));
        for (EventGroup group : groups) {
            steps.addAll(send(group));
        }
        return steps;
    }

    private List<Step> send(EventGroup group) {
        try {
            Scope scope = group.scope(scopes);
            HttpRequest request =
                    group.steps().getFirst().request().orElseThrow().make(scope, context.json());
            HttpRequest signed = credentials.sign(protocol.marked(request, group.events()));
            return List.of(Step.send(signed, group.events()));
        } catch (MappingException unfit) {
            return settle(group, Delivery.rejected(String.valueOf(unfit.getMessage())));
        } catch (IllegalArgumentException noUrl) {
            return settle(group, Delivery.rejected(NO_REQUEST));
        } catch (UnauthorizedException refused) {
            return settle(group, Delivery.unauthorized(refused.reason()));
        } catch (IOException noToken) {
            return settle(group, Delivery.retry("no token: " + noToken.getMessage()));
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
            return settle(group, Delivery.retry("interrupted"));
        }
    }

    private static List<Step> settle(EventGroup group, Delivery outcome) {
        return group.events().stream()
                .map(event -> (Step) Step.settle(event, outcome))
                .toList();
    }

    @Override
    public List<Delivery> outcomes(Step.Send step, HttpResponse answer) {
        HttpResponse response = protocol.read(answer);
        ActionPlan plan = plan(step.events().getFirst());
        List<OutboundEvent> events = step.events();
        if (plan.splits(events.size(), response, context.json())) {
            return splitting.halve(events);
        }
        List<Delivery> outcomes = plan.batch().map(BatchPlan::rearranges).orElse(false)
                ? rearranged(plan, events, response)
                : outcomes(plan, events.size(), response);
        if (!outcomes.stream().allMatch(Delivery.Unauthorized.class::isInstance)) {
            credentials.accepted();
        }
        return outcomes;
    }

    private List<Delivery> rearranged(ActionPlan plan, List<OutboundEvent> events, HttpResponse response) {
        EventGroup group = EventGroup.gather(events, scopes, context, splitting.most(), (event, outcome) -> {})
                .getFirst();
        return group.ofEvents(outcomes(plan, group.size(), response));
    }

    private List<Delivery> outcomes(ActionPlan plan, int events, HttpResponse response) {
        return plan.responses()
                .outcomes(events, response, context.json(), context.clock().instant());
    }

    private ActionPlan plan(OutboundEvent event) {
        try {
            return scopes.plan(event);
        } catch (RefusedException impossible) {
            throw new IllegalStateException("a request was sent for an action that is unknown", impossible);
        }
    }

    @Override
    public CredentialCheck testCredentials() throws IOException, InterruptedException {
        return calls.testCredentials();
    }

    @Override
    public boolean refreshCredentials() throws IOException, InterruptedException {
        return calls.refreshCredentials();
    }

    @Override
    public Delivery deleteUser(UserDeletion deletion) throws InterruptedException {
        return calls.deleteUser(deletion);
    }
}
