package io.segmentdo.connector;

import io.segmentdo.api.BlockingConnector;
import io.segmentdo.api.Delivery;
import io.segmentdo.api.DestinationContext;
import io.segmentdo.api.HttpRequest;
import io.segmentdo.api.HttpResponse;
import io.segmentdo.api.OutboundEvent;
import io.segmentdo.mapping.Mapping;
import io.segmentdo.mapping.MappingException;
import io.segmentdo.mapping.Scope;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Delivers by the plans of a connector file in which an action needs several requests, where later ones depend on the
 * responses to earlier ones.
 *
 * <p>An attempt that ends in the middle starts from the first step again: steps look before they create. Threads as in
 * {@link io.segmentdo.api.Connector}.
 */
final class SteppedConnector implements BlockingConnector {
    private static final int OK_FROM = 200;
    private static final int OK_BELOW = 300;

    private final EventScopes scopes;
    private final Authentication authentication;
    private final DestinationContext context;

    SteppedConnector(EventScopes scopes, Authentication authentication, DestinationContext context) {
        this.scopes = scopes;
        this.authentication = authentication;
        this.context = context;
    }

    @Override
    public List<Delivery> deliver(List<OutboundEvent> batch) {
        var outcomes = new ArrayList<Delivery>();
        for (OutboundEvent event : batch) {
            outcomes.add(deliver(event));
        }
        return outcomes;
    }

    private Delivery deliver(OutboundEvent event) {
        try {
            ActionPlan plan = scopes.plan(event);
            return run(plan, scopes.ofEvent(event, plan));
        } catch (RefusedException | MappingException refused) {
            return Delivery.rejected(String.valueOf(refused.getMessage()));
        } catch (IllegalArgumentException noUrl) {
            // its message would repeat parts of the event
            return Delivery.rejected(DeclaredConnector.NO_REQUEST);
        } catch (IOException noResponse) {
            return Delivery.retry("no response: " + noResponse.getClass().getSimpleName());
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
            return Delivery.retry("interrupted");
        }
    }

    private Delivery run(ActionPlan plan, Scope event) throws IOException, InterruptedException {
        Map<String, @Nullable Object> captured = new HashMap<>();
        Scope scope = event.with("step", captured);
        for (StepPlan step : plan.steps()) {
            if (step.when().isPresent()
                    && !Boolean.TRUE.equals(step.when().get().apply(scope))) {
                continue;
            }
            HttpRequest request = step.request().make(scope, context.json());
            HttpResponse response = context.http().send(authentication.authenticate(request, scope));
            boolean isSuccess = response.status() >= OK_FROM && response.status() < OK_BELOW;
            Delivery outcome = plan.responses()
                    .outcomes(1, response, context.json(), context.clock().instant())
                    .getFirst();
            if (!(outcome instanceof Delivery.Delivered) && !step.passable().contains(response.status())) {
                return outcome;
            }
            Map<String, @Nullable Object> values = isSuccess ? capture(step, response) : Map.of();
            captured.put(step.name(), values);
            scope = scope.with(step.name(), values);
        }
        return Delivery.delivered();
    }

    private Map<String, @Nullable Object> capture(StepPlan step, HttpResponse response) {
        Scope body = Scope.of(ResponseRules.body(response, context.json()));
        Map<String, @Nullable Object> values = new HashMap<>();
        for (Map.Entry<String, Mapping> value : step.capture().entrySet()) {
            values.put(value.getKey(), value.getValue().apply(body));
        }
        return values;
    }
}
