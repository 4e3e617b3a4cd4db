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
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
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
        IdentityHashMap<OutboundEvent, Delivery> outcomes = new IdentityHashMap<>();
        for (EventGroup group : EventGroup.gather(batch, scopes, context, outcomes::put)) {
            List<Delivery> delivered = deliver(group);
            for (int i = 0; i < group.events().size(); i++) {
                outcomes.put(group.events().get(i), delivered.get(delivered.size() == 1 ? 0 : i));
            }
        }
        return batch.stream().map(outcomes::get).map(Objects::requireNonNull).toList();
    }

    private List<Delivery> deliver(EventGroup group) {
        try {
            return run(group.plan(), group.scope(scopes), group.events().size());
        } catch (MappingException refused) {
            return List.of(Delivery.rejected(String.valueOf(refused.getMessage())));
        } catch (IllegalArgumentException noUrl) {
            // its message would repeat parts of the event
            return List.of(Delivery.rejected(DeclaredConnector.NO_REQUEST));
        } catch (IOException noResponse) {
            return List.of(
                    Delivery.retry("no response: " + noResponse.getClass().getSimpleName()));
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
            return List.of(Delivery.retry("interrupted"));
        }
    }

    private List<Delivery> run(ActionPlan plan, Scope first, int events) throws IOException, InterruptedException {
        Map<String, @Nullable Object> captured = new HashMap<>();
        Scope scope = first.with("step", captured);
        List<Delivery> worst = List.of(Delivery.delivered());
        for (StepPlan step : plan.steps()) {
            if (step.when().isPresent()
                    && !Boolean.TRUE.equals(step.when().get().apply(scope))) {
                continue;
            }
            HttpRequest request = step.request().make(scope, context.json());
            HttpResponse response = context.http().send(authentication.authenticate(request, scope));
            boolean isSuccess = response.status() >= OK_FROM && response.status() < OK_BELOW;
            List<Delivery> outcomes = step.responses()
                    .orElse(plan.responses())
                    .outcomes(events, response, context.json(), context.clock().instant());
            boolean isPassed = step.passable().contains(response.status());
            if (!isPassed && outcomes.stream().noneMatch(Delivery.Delivered.class::isInstance)) {
                return outcomes;
            }
            worst = isPassed ? worst : worse(worst, outcomes, events);
            Map<String, @Nullable Object> values = isSuccess ? capture(step, response) : new HashMap<>();
            values.put("status", response.status());
            captured.put(step.name(), values);
            scope = scope.with(step.name(), values);
        }
        return worst;
    }

    /** Per event, the one of two outcomes that is no delivery. */
    private static List<Delivery> worse(List<Delivery> earlier, List<Delivery> later, int events) {
        if (earlier.size() == 1 && earlier.getFirst() instanceof Delivery.Delivered) {
            return later;
        }
        var worst = new ArrayList<Delivery>();
        for (int i = 0; i < events; i++) {
            Delivery one = earlier.get(earlier.size() == 1 ? 0 : i);
            worst.add(one instanceof Delivery.Delivered ? later.get(later.size() == 1 ? 0 : i) : one);
        }
        return worst;
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
