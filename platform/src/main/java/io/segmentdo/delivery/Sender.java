package io.segmentdo.delivery;

import io.segmentdo.api.BlockingConnector;
import io.segmentdo.api.Delivery;
import io.segmentdo.api.HttpConnector;
import io.segmentdo.api.OutboundEvent;
import io.segmentdo.api.Step;
import io.segmentdo.delivery.Ledger.Evidence;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * From deliveries that may go to what became of them: asks the plugin for requests, sends as many as {@link Gate} lets
 * pass, and settles what the answers mean.
 *
 * <p>Longer than a page, because what becomes of an event depends on all that this one loop knows. Confined to its lane.
 */
final class Sender {
    private static final Logger LOG = LoggerFactory.getLogger(Sender.class);
    private static final int TOO_MANY = 429;
    private static final long HELD_BACK_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    /** A request that is to be sent, or under way. */
    private record Exchange(
            Wiring wiring,
            HttpConnector connector,
            Step.Send step,
            List<Item> items,
            BooleanSupplier mayGo,
            int generation,
            long startedNanos) {
        Exchange startedAt(long nanos) {
            return new Exchange(wiring, connector, step, items, mayGo, generation, nanos);
        }
    }

    private final String destination;
    private final PluginCalls plugin;
    private final Transport transport;
    private final Ledger ledger;
    private final DeliveryMeters meters;
    private final Inbox inbox;
    private final UnaryOperator<String> mask;
    private final Consumer<Wiring> released;
    private final Gate gate;
    private final StateFiles.StateFile state;
    private final Ready ready = new Ready();
    private final Deque<Exchange> outgoing = new ArrayDeque<>();
    private long heldBackUntilNanos = System.nanoTime();

    /**
     * Begins with nothing to send.
     *
     * @param mask takes secrets out of what is shown
     * @param released is told of each request that does not need its wiring any more
     */
    Sender(Lane.Parts parts, Ledger ledger, UnaryOperator<String> mask, Consumer<Wiring> released) {
        this.destination = parts.destination();
        this.plugin = parts.plugin();
        this.transport = parts.transport();
        this.meters = parts.meters();
        this.inbox = parts.inbox();
        this.gate = parts.gate();
        this.state = parts.state();
        this.ledger = ledger;
        this.mask = mask;
        this.released = released;
    }

    /** A delivery may go. */
    void add(Item item) {
        ready.add(item, System.nanoTime());
    }

    /** Takes out what is ready of a partition. */
    List<Item> remove(int partition) {
        recall();
        return ready.remove(partition);
    }

    /** In how many nanoseconds there is something to send; {@link Long#MAX_VALUE} when an answer or an event will say. */
    long nanosUntilWork(Wiring by) {
        if (!gate.hasRoom() || (ready.isEmpty() && outgoing.isEmpty())) {
            return Long.MAX_VALUE;
        }
        long now = System.nanoTime();
        long complete = outgoing.isEmpty() ? ready.nanosUntilComplete(by::batching, now) : 0;
        return Math.max(Math.max(complete, heldBackUntilNanos - now), gate.nanosUntilOpen(now));
    }

    /** Sends what may go now, with requests that the plugin makes. */
    void dispatch(@Nullable Wiring by) {
        if (gate.isShut(System.nanoTime())) {
            recall();
        }
        List<Exchange> now = new ArrayList<>();
        long nanos = System.nanoTime();
        while (heldBackUntilNanos - nanos <= 0
                && gate.isOpen(nanos)
                && (!outgoing.isEmpty() || (by != null && prepare(by, nanos)))) {
            Exchange next = outgoing.poll();
            if (next != null) {
                gate.sent();
                now.add(next.startedAt(nanos));
            }
            nanos = System.nanoTime();
        }
        if (!now.isEmpty()) {
            transport.sendAll(
                    now,
                    exchange -> exchange.step().request(),
                    Exchange::mayGo,
                    (exchange, result) -> inbox.put(() -> answered(exchange, result)));
        }
    }

    /** Takes back what was not sent: by the time that it could be, its credentials or settings may be old. */
    void recall() {
        for (Exchange exchange = outgoing.pollLast(); exchange != null; exchange = outgoing.pollLast()) {
            ready.putBack(exchange.items());
            released.accept(exchange.wiring());
        }
    }

    /** Asks the plugin about the next batch; false when there is none. */
    private boolean prepare(Wiring by, long nowNanos) {
        if (ready.nanosUntilComplete(by::batching, nowNanos) > 0) {
            return false;
        }
        if (gate.access().isPaused()) {
            probe(by, nowNanos);
        }
        List<Item> batch = ready.take(by::batching, nowNanos);
        if (!ledger.ownership(batch).getAsBoolean()) {
            holdBack(batch);
            return false;
        }
        switch (by.connector()) {
            case HttpConnector http -> prepare(by, http, batch);
            case BlockingConnector blocking -> deliver(blocking, batch);
        }
        return true;
    }

    /** Another member may deliver these by now; soon it is known, and they go or are taken out. */
    private void holdBack(List<Item> batch) {
        ready.putBack(batch);
        heldBackUntilNanos = System.nanoTime() + HELD_BACK_NANOS;
    }

    /** Tries with new credentials, where there are any, whether the destination accepts them now. */
    private void probe(Wiring by, long nowNanos) {
        ready.putBehind(item -> gate.access().suspects(item.key()));
        gate.access().probing(nowNanos);
        plugin.call(
                () -> by.connector().refreshCredentials(),
                refreshed -> {},
                reason -> LOG.atDebug()
                        .addKeyValue("destination", destination)
                        .addKeyValue("reason", mask.apply(reason))
                        .log("The credentials cannot be renewed"));
    }

    private void prepare(Wiring by, HttpConnector http, List<Item> batch) {
        List<OutboundEvent> events = Collections.unmodifiableList(batch);
        plugin.call(
                () -> List.copyOf(http.steps(events)),
                steps -> carryOut(by, http, batch, steps),
                reason -> callFailed(batch, reason));
    }

    private void callFailed(List<Item> batch, String reason) {
        if (batch.size() > 1 && !plugin.lastWasOverdue()) {
            batch.forEach(Item::keepAlone); // one of them did it: ask for each alone
            ready.putBack(batch);
            return;
        }
        for (Item item : batch) {
            ledger.settle(item, Delivery.retry(reason), () -> Evidence.NONE);
        }
    }

    private void carryOut(Wiring by, HttpConnector http, List<Item> batch, List<Step> steps) {
        Set<Item> unanswered = Collections.newSetFromMap(new IdentityHashMap<>());
        unanswered.addAll(batch);
        for (Step step : steps) {
            switch (step) {
                case Step.Settle settle -> {
                    if (settle.event() instanceof Item item && unanswered.remove(item)) {
                        settleUnsent(item, settle.outcome());
                    }
                }
                case Step.Send send -> {
                    List<Item> items = new ArrayList<>(send.events().size());
                    for (OutboundEvent event : send.events()) {
                        if (event instanceof Item item && unanswered.remove(item)) {
                            items.add(item);
                        }
                    }
                    if (items.size() == send.events().size()) {
                        by.use();
                        outgoing.add(new Exchange(
                                by,
                                http,
                                send,
                                items,
                                ledger.ownership(items),
                                gate.access().generation(),
                                System.nanoTime()));
                    } else {
                        unanswered.addAll(items);
                    }
                }
            }
        }
        for (Item item : unanswered) {
            ledger.settle(item, Delivery.retry("the plugin has no step for the event"), () -> Evidence.NONE);
        }
    }

    /** A connector that has no credentials to send with says so for each event. */
    private void settleUnsent(Item item, Delivery outcome) {
        if (outcome instanceof Delivery.Unauthorized refused) {
            keep(List.of(item), refused.reason());
        } else {
            ledger.settle(item, outcome, () -> Evidence.NONE);
        }
    }

    private void answered(Exchange exchange, Transport.Result result) {
        gate.returned();
        switch (result) {
            case Transport.Result.Refused refused -> {
                ready.putBack(exchange.items());
                released.accept(exchange.wiring());
            }
            case Transport.Result.Withheld withheld -> {
                holdBack(exchange.items());
                released.accept(exchange.wiring());
            }
            case Transport.Result.Failed failure ->
                settleAll(exchange, List.of(Delivery.retry(failure.reason())), null);
            case Transport.Result.Answered answer ->
                plugin.call(
                        () -> List.copyOf(exchange.connector().outcomes(exchange.step(), answer.response())),
                        outcomes -> heard(exchange, outcomes, answer.response()),
                        reason -> settleAll(exchange, List.of(Delivery.retry(reason)), answer.response()));
        }
    }

    private void heard(Exchange exchange, List<Delivery> outcomes, ReceivedResponse response) {
        Optional<String> refusal = refusal(outcomes);
        if (refusal.isPresent()) {
            meters.attempted(System.nanoTime() - exchange.startedNanos());
            List<Item> items = exchange.items();
            boolean renews = refused(items, exchange.generation(), exchange.startedNanos(), refusal.get(), true);
            released.accept(exchange.wiring());
            if (renews) {
                renew(exchange.connector(), items, refusal.get());
            }
            return;
        }
        boolean isTooMuch =
                response.status() == TOO_MANY && outcomes.stream().allMatch(Delivery.Retry.class::isInstance);
        if (isTooMuch) {
            gate.pace().slowDown(System.nanoTime());
        } else if (outcomes.stream().anyMatch(Sender::isVerdict)) {
            gate.accepted(exchange.generation(), exchange.startedNanos());
        }
        settleAll(exchange, outcomes, response);
    }

    private void settleAll(Exchange exchange, List<Delivery> outcomes, @Nullable ReceivedResponse response) {
        meters.attempted(System.nanoTime() - exchange.startedNanos());
        settleAll(exchange.items(), outcomes, () -> evidence(exchange, response));
        released.accept(exchange.wiring());
    }

    private void deliver(BlockingConnector blocking, List<Item> batch) {
        List<OutboundEvent> events = Collections.unmodifiableList(batch);
        long started = System.nanoTime();
        plugin.call(
                () -> List.copyOf(blocking.deliver(events)),
                outcomes -> {
                    meters.attempted(System.nanoTime() - started);
                    Optional<String> refusal = refusal(outcomes);
                    transport.report(!outcomes.stream().allMatch(Delivery.Retry.class::isInstance));
                    int generation = gate.access().generation();
                    if (refusal.isPresent()) {
                        refused(batch, generation, started, refusal.get(), false);
                        return;
                    }
                    if (outcomes.stream().anyMatch(Delivery.Delivered.class::isInstance)) {
                        gate.accepted(generation, started);
                    }
                    settleAll(batch, outcomes, () -> Evidence.NONE);
                },
                reason -> {
                    transport.report(false);
                    callFailed(batch, reason);
                });
    }

    // ---- credentials

    /** Why the credentials were refused, if that is what became of every event. */
    private static Optional<String> refusal(List<Delivery> outcomes) {
        for (Delivery outcome : outcomes) {
            if (!(outcome instanceof Delivery.Unauthorized)) {
                return Optional.empty();
            }
        }
        return outcomes.stream()
                .map(Delivery.Unauthorized.class::cast)
                .map(Delivery.Unauthorized::reason)
                .findFirst();
    }

    /** What becomes of events whose request was refused; true when they wait for new credentials. */
    private boolean refused(List<Item> items, int generation, long startedNanos, String reason, boolean mayRenew) {
        List<DeliveryKey> keys = items.stream().map(Item::key).toList();
        Access.Refusal refusal = gate.access().refuse(generation, startedNanos, keys);
        switch (refusal) {
            case REPEAT -> ready.putBack(items);
            case ONE_EVENT -> settleAll(items, List.of(Delivery.retry(reason)), () -> Evidence.NONE);
            case RENEW -> {
                if (!mayRenew) {
                    keep(items, reason);
                }
            }
            case PAUSE -> keep(items, reason);
        }
        return mayRenew && refusal == Access.Refusal.RENEW;
    }

    /** Once; the events are sent again with what came of it. */
    private void renew(HttpConnector connector, List<Item> items, String reason) {
        ready.putBack(items);
        plugin.call(
                connector::refreshCredentials,
                isRenewed -> {
                    if (isRenewed) {
                        gate.access().renewed();
                    } else {
                        pause(items, reason);
                    }
                },
                failure -> pause(items, reason + ", and they cannot be renewed: " + failure));
    }

    /** The events wait, behind the others, so that each probe is another event. */
    private void keep(List<Item> items, String reason) {
        long now = System.nanoTime();
        items.forEach(item -> ready.add(item, now));
        pause(items, reason);
    }

    private void pause(List<Item> items, String because) {
        String reason = mask.apply(because);
        boolean isNew = !gate.access().isPaused();
        gate.access().pause(reason, items.stream().map(Item::key).toList(), System.nanoTime());
        if (isNew) {
            meters.refused();
            LOG.atWarn()
                    .addKeyValue("destination", destination)
                    .addKeyValue("reason", reason)
                    .log("The destination does not accept the credentials, its events wait");
        }
    }

    private static boolean isVerdict(Delivery outcome) {
        return switch (outcome) {
            case Delivery.Delivered done -> true;
            case Delivery.Skipped none -> true;
            case Delivery.Rejected never -> true;
            case Delivery.Retry again -> false;
            case Delivery.RetryAfter later -> false;
            case Delivery.Unauthorized refused -> false;
        };
    }

    private void settleAll(List<Item> items, List<Delivery> outcomes, Supplier<Evidence> evidence) {
        boolean oneForAll = outcomes.size() == 1;
        if (!oneForAll && outcomes.size() != items.size()) {
            settleAll(
                    items,
                    List.of(Delivery.retry(
                            "the plugin gave " + outcomes.size() + " outcomes for " + items.size() + " events")),
                    evidence);
            return;
        }
        throttle(outcomes);
        for (int i = 0; i < items.size(); i++) {
            ledger.settle(items.get(i), outcomes.get(oneForAll ? 0 : i), evidence);
        }
    }

    /** When all that was sent together has to come later, the destination itself asks for a pause. */
    private void throttle(List<Delivery> outcomes) {
        long pauseMillis = Long.MAX_VALUE;
        for (Delivery outcome : outcomes) {
            if (!(outcome instanceof Delivery.RetryAfter later)) {
                return;
            }
            pauseMillis = Math.min(pauseMillis, later.delay().toMillis());
        }
        if (!outcomes.isEmpty()) {
            gate.pace().pause(TimeUnit.MILLISECONDS.toNanos(pauseMillis), System.nanoTime());
        }
    }

    private Evidence evidence(Exchange exchange, @Nullable ReceivedResponse response) {
        Masker masker = exchange.wiring().masker().and(state.secrets());
        var request = exchange.step().request();
        String sent = masker.mask(request.method() + " " + request.uri()) + "\n" + masker.mask(request.body());
        String received =
                response == null ? "" : masker.mask("HTTP " + response.status() + "\n") + masker.mask(response.body());
        return new Evidence(sent, received);
    }
}
