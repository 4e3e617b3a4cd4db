package io.segmentdo.connector;

import io.segmentdo.api.BlockingConnector;
import io.segmentdo.api.CodedAction;
import io.segmentdo.api.CredentialCheck;
import io.segmentdo.api.Delivery;
import io.segmentdo.api.DestinationContext;
import io.segmentdo.api.HttpResponse;
import io.segmentdo.api.OutboundEvent;
import io.segmentdo.api.Settings;
import io.segmentdo.api.UserDeletion;
import java.io.IOException;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Delivers by the plans of a connector file in which an action needs several requests, where later ones depend on the
 * responses to earlier ones.
 *
 * <p>An attempt that ends in the middle starts from the first step again: steps look before they create. Threads as in
 * {@link io.segmentdo.api.Connector}.
 */
final class SteppedConnector implements BlockingConnector {
    private final EventScopes scopes;
    private final Protocol protocol;
    private final Calls calls;
    private final Map<String, CodedAction> code;
    private final Settings settings;
    private final StepRunner runner;
    private final DestinationContext context;
    private final Splitting splitting = new Splitting();

    SteppedConnector(
            EventScopes scopes, Protocol protocol, Calls calls, Map<String, CodedAction> code, Settings settings) {
        this.scopes = scopes;
        this.protocol = protocol;
        this.calls = calls;
        this.code = Map.copyOf(code);
        this.settings = settings;
        this.context = new SignedContext(protocol.context(), protocol);
        this.runner = new StepRunner(protocol);
    }

    @Override
    public List<Delivery> deliver(List<OutboundEvent> batch) {
        IdentityHashMap<OutboundEvent, Delivery> outcomes = new IdentityHashMap<>();
        for (EventGroup group : EventGroup.gather(batch, scopes, context, splitting.most(), outcomes::put)) {
            List<Delivery> delivered = deliver(group);
            for (int i = 0; i < group.events().size(); i++) {
                outcomes.put(group.events().get(i), Outcomes.at(delivered, i));
            }
        }
        return batch.stream().map(outcomes::get).map(Objects::requireNonNull).toList();
    }

    private List<Delivery> deliver(EventGroup group) {
        CodedAction coded = code.get(group.plan().declared().id());
        return coded == null ? run(group) : call(coded, group.events());
    }

    private List<Delivery> call(CodedAction coded, List<OutboundEvent> events) {
        try {
            List<Delivery> outcomes = coded.deliver(events, settings, context);
            return outcomes.size() == 1 || outcomes.size() == events.size()
                    ? outcomes
                    : List.of(Delivery.retry(outcomes.size() + " outcomes for " + events.size() + " events"));
        } catch (IOException noResponse) {
            return List.of(StepRunner.noResponse(noResponse));
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
            return List.of(Delivery.retry("interrupted"));
        }
    }

    private List<Delivery> run(EventGroup group) {
        try {
            StepRunner.Job job = new StepRunner.Job(
                    group.steps(),
                    group.plan().responses(),
                    group.scope(scopes),
                    group.size(),
                    group.isAlone() ? group.events().getFirst().messageId() : null,
                    request -> protocol.marked(request, group.events()),
                    response -> isSplit(group, response));
            List<Delivery> outcomes = group.ofEvents(runner.run(job));
            return StepRunner.SPLIT.equals(outcomes.getFirst()) ? splitting.halve(group.events()) : outcomes;
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
            return List.of(Delivery.retry("interrupted"));
        }
    }

    private boolean isSplit(EventGroup group, HttpResponse response) {
        return group.plan().splits(group.events().size(), response, context.json());
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
