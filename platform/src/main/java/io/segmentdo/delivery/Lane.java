package io.segmentdo.delivery;

import io.segmentdo.api.Delivery;
import io.segmentdo.api.RetryPolicy;
import io.segmentdo.api.RetryPolicy.Pauses;
import io.segmentdo.delivery.Ledger.Candidate;
import io.segmentdo.delivery.Ledger.Evidence;
import io.segmentdo.destination.Catalogue;
import io.segmentdo.destination.ConfiguredDestination;
import io.segmentdo.event.IdentifiedEvent;
import io.segmentdo.problem.PlatformException;
import io.segmentdo.problem.Problem;
import io.segmentdo.store.StaleEpochException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One destination's way from the outbox to the other side, on a thread of its own.
 *
 * <p>The thread goes round: read answers and commands, connect, ask what others want to know, read what is due and what is
 * new, ask the plugin what to send, hand it to the transport, store what was decided, sleep until there is something. Only
 * the plugin's code can hold it up, and that costs this destination only: {@link PluginCalls} takes the lane from a thread that does not return, and
 * {@link #relay} gives it to a new one. So everything here that a call interrupts is either done in its continuations or
 * kept in fields: {@code unplanned}, {@code questions}, {@code outgoing}.
 *
 * <p>Longer than a page, because it is the one loop in which all these meet; what they decide is in {@link Ledger}, {@link
 * Wiring}, {@link Ready} and {@link Transport}. Fields are the lane's unless they say otherwise.
 */
final class Lane {
    private static final Logger LOG = LoggerFactory.getLogger(Lane.class);
    private static final int CHUNK = 256;
    private static final long STORE_PAUSE_MILLIS = 500;
    private static final long RECONNECT_MILLIS = 5_000;
    private static final long[] RESTART_MILLIS = {100, 100, 1_000, 10_000, 60_000};

    /** What a lane shares with its sender. */
    record Parts(
            String destination,
            PluginCalls plugin,
            Transport transport,
            DeliveryMeters meters,
            Inbox inbox,
            Gate gate,
            StateFiles.StateFile state) {}

    private final Services services;
    private final String destination;
    private final LentContext context;
    private final Inbox inbox = new Inbox();
    private final PluginCalls plugin;
    private final Transport transport;
    private final DeliveryMeters meters;
    private final Ledger ledger;
    private final Deque<Candidate> unplanned = new ArrayDeque<>();
    private final StateFiles.StateFile state;
    private final Gate gate;
    private final Sender sender;
    private final TreeMap<Integer, Long> opening = new TreeMap<>();
    private final Deque<Runnable> questions = new ArrayDeque<>();

    private ConfiguredDestination config;
    private @Nullable Wiring wiring;
    private boolean rewire = true;
    private long reconnectMillis = Long.MAX_VALUE;
    private String waitingFor = "";
    private long storePausedUntilMillis;
    private int planAlone;
    private boolean nothingToRead;
    private boolean changeThread;
    private long dirtySinceNanos;
    private boolean dirty;
    private long stopAtNanos;
    private boolean stopping;

    // any thread
    private final CountDownLatch ended = new CountDownLatch(1);
    private volatile DestinationStatus status;
    private volatile boolean failed;
    // whoever holds the monitor
    private boolean downed;
    private long restartNanos;

    Lane(Services services, ConfiguredDestination config) {
        this.services = services;
        this.config = config;
        this.destination = config.key();
        this.plugin = new PluginCalls(services.config().pluginTimeout());
        this.status = new DestinationStatus(
                destination, config.plugin(), DestinationStatus.State.WAITING, "starting", DestinationCounts.NONE);
        this.meters = new DeliveryMeters(services, destination, () -> status.counts());
        this.ledger = new Ledger(services, destination, meters, this::mask, this::go);
        this.state = services.states().of(destination);
        this.gate = new Gate(services.config().maxInFlight(), services.config().unauthorizedProbe());
        this.transport = new Transport(services.vertx(), services.config(), services.guard(), destination, state -> {
            gate.breaker(state);
            inbox.wake();
        });
        this.context = new LentContext(destination, services.clock(), transport, state, gate.pace(), plugin);
        this.sender = new Sender(
                new Parts(destination, plugin, transport, meters, inbox, gate, state),
                ledger,
                this::mask,
                this::release);
        ledger.order(config.ordered());
    }

    // ---- any thread

    void start() {
        Thread.ofPlatform().name("delivery-" + destination).daemon().start(this::run);
    }

    void wake() {
        inbox.wake();
    }

    void own(int partition, long epoch) {
        inbox.put(() -> {
            close(partition);
            opening.put(partition, epoch);
        });
    }

    /** Stores what was decided about events of these partitions, and forgets the others. */
    CompletableFuture<Boolean> disown(Collection<Integer> partitions) {
        return ask(() -> {
            withStore(ledger::flush);
            opening.keySet().removeAll(partitions);
            partitions.forEach(this::close);
            return true;
        });
    }

    void reconfigure(ConfiguredDestination next) {
        inbox.put(() -> {
            config = next;
            ledger.order(next.ordered());
            rewire = true;
        });
    }

    /** The plugin of this id came, changed or went. */
    void pluginChanged(String id) {
        inbox.put(() -> rewire |= config.plugin().equals(id));
    }

    /** The oldest position of a partition that is still needed. */
    long storedCursor(int partition) {
        return ledger.storedCursor(partition);
    }

    DestinationStatus status() {
        return status;
    }

    /** Runs something on the lane. */
    <T> CompletableFuture<T> ask(Supplier<T> question) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        inbox.put(() -> {
            try {
                answer.complete(question.get());
            } catch (PlatformException e) {
                answer.completeExceptionally(e);
            }
        });
        return answer;
    }

    /** Stores what was decided so far. */
    CompletableFuture<Boolean> store() {
        return ask(() -> {
            ledger.flush();
            return true;
        });
    }

    /** Gives another life to dead letters; how many of these there were. */
    CompletableFuture<Integer> replay(Collection<DeliveryKey> keys) {
        return ask(() -> {
            ledger.flush();
            int replayed = (int) keys.stream().filter(ledger::replay).count();
            ledger.flush();
            return replayed;
        });
    }

    /** Takes events of the past over for its subscriptions; how many deliveries of replays are not settled then. */
    CompletableFuture<Long> take(long firstPosition, List<PastEvent> past) {
        CompletableFuture<Long> answer = new CompletableFuture<>();
        consult(
                by -> past.stream().map(event -> by.routesOf(event.event())).toList(),
                routes -> take(firstPosition, past, routes, answer),
                answer);
        return answer;
    }

    /** Asks the connector something, with the configuration that was given before. */
    <T> CompletableFuture<T> consult(PluginQuestion<T> question) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        consult(question, answer::complete, answer);
        return answer;
    }

    /** Something that the code of the plugin answers. */
    interface PluginQuestion<T> {
        T put(Wiring wiring) throws Exception;
    }

    private <T> void consult(PluginQuestion<T> question, Consumer<T> then, CompletableFuture<?> answer) {
        inbox.put(() -> questions.add(() -> {
            Wiring by = wiring;
            if (by == null) {
                answer.completeExceptionally(new PlatformException(
                        Problem.OVERLOADED, destination + " is not connected: " + status.reason()));
                return;
            }
            plugin.call(
                    () -> question.put(by),
                    then,
                    reason -> answer.completeExceptionally(
                            new PlatformException(Problem.DESTINATION_FAILED, mask(reason))));
        }));
    }

    private void take(
            long firstPosition, List<PastEvent> past, List<List<Integer>> routes, CompletableFuture<Long> answer) {
        try {
            List<IdentifiedEvent> events = new ArrayList<>(past.size());
            for (PastEvent one : past) {
                events.add(new IdentifiedEvent(
                        ledger.partitionFor(one.profileId()),
                        firstPosition + events.size(),
                        one.profileId(),
                        one.event()));
            }
            ledger.take(events, routes);
            answer.complete(ledger.replaying());
        } catch (StaleEpochException e) {
            close(e.partition());
            answer.completeExceptionally(
                    new PlatformException(Problem.OVERLOADED, "a partition has another owner now", e));
        } catch (PlatformException e) {
            answer.completeExceptionally(e);
        }
    }

    /** How many deliveries of replays are not settled. */
    CompletableFuture<Long> replaying() {
        return ask(ledger::replaying);
    }

    /** Forgets dead letters; how many of these there were. */
    CompletableFuture<Integer> forget(Collection<DeliveryKey> keys) {
        return ask(() -> {
            ledger.flush();
            int forgotten = (int) keys.stream().filter(ledger::forget).count();
            ledger.flush();
            return forgotten;
        });
    }

    /** Stops reading, waits for answers under way, stores the cursors. Returns within the drain timeout and a moment. */
    void stop() throws InterruptedException {
        Duration drain = services.config().drainTimeout();
        inbox.put(() -> {
            sender.recall();
            stopping = true;
            stopAtNanos = System.nanoTime() + drain.toNanos();
        });
        if (!ended.await(drain.toMillis(), TimeUnit.MILLISECONDS)) {
            takeOver();
            if (!ended.await(2, TimeUnit.SECONDS)) {
                LOG.atWarn().addKeyValue("destination", destination).log("Delivery did not stop in time");
            }
        }
        ledger.close();
        transport.close();
        meters.close();
    }

    private synchronized void takeOver() {
        if (downed || plugin.abandon(true)) {
            downed = false;
            start();
        }
    }

    /** Takes the lane from a thread whose plugin does not return, and gives it to a new one after a while. */
    synchronized void relay() {
        if (plugin.abandon(false)) {
            long pause = RESTART_MILLIS[Math.min(plugin.stuckThreads(), RESTART_MILLIS.length - 1)];
            restartNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(pause);
            downed = true;
            tell(DestinationStatus.State.STUCK, "the plugin does not return");
            LOG.atError()
                    .addKeyValue("destination", destination)
                    .addKeyValue("stuck", plugin.stuckThreads())
                    .log("The plugin did not return in time, its thread was given up");
        }
        boolean bearable = plugin.stuckThreads() < RESTART_MILLIS.length;
        if (downed && bearable && System.nanoTime() - restartNanos >= 0) {
            downed = false;
            start();
        }
    }

    /** Whether it was ended by a bug; a new one goes on from the stored cursors. */
    boolean hasFailed() {
        return failed;
    }

    private void tell(DestinationStatus.State state, String reason) {
        DestinationStatus last = status;
        status = new DestinationStatus(destination, last.plugin(), state, reason, last.counts());
    }

    /** Sends again what waits because the credentials were refused, or because the destination asked for a pause. */
    CompletableFuture<Boolean> resume() {
        return ask(() -> {
            gate.access().resume();
            gate.pace().resume();
            return true;
        });
    }

    // ---- the lane's thread

    // The catch-all of the lane: a bug ends it, loudly, and the others go on.
    @SuppressWarnings("CatchingUnchecked")
    private void run() {
        try {
            transport.attach();
            plugin.failAbandoned();
            while (true) {
                if (round()) {
                    ended.countDown();
                    return;
                }
                if (changeThread) {
                    changeThread = false;
                    start();
                    return;
                }
                inbox.await(nanosUntilWork());
            }
        } catch (PluginCalls.Abandoned e) {
            return; // the lane belongs to another thread now
        } catch (Throwable e) {
            LOG.atError().addKeyValue("destination", destination).setCause(e).log("Delivery ended by a bug");
            tell(DestinationStatus.State.STUCK, "bug: " + e);
            failed = true;
            ended.countDown();
        }
    }

    /** Does what there is to do; true when the lane has ended. */
    private boolean round() {
        for (Runnable message = inbox.poll(); message != null; message = inbox.poll()) {
            message.run();
        }
        if (!stopping) {
            connect();
        }
        for (Runnable question = questions.poll(); question != null; question = questions.poll()) {
            question.run();
        }
        if (!stopping) {
            long now = services.clock().millis();
            if (now >= storePausedUntilMillis) {
                withStore(this::open);
            }
            if (now >= storePausedUntilMillis) {
                withStore(this::read);
            }
            plan();
            sender.dispatch(wiring);
        }
        boolean end = stopping && (gate.inFlight() == 0 || System.nanoTime() - stopAtNanos >= 0);
        if (end && wiring != null) {
            retire();
        }
        flush(end);
        publish();
        return end;
    }

    /** The store may fail for a while; nothing is lost by waiting. */
    private void withStore(Runnable work) {
        try {
            work.run();
        } catch (StaleEpochException e) {
            close(e.partition());
        } catch (PlatformException e) {
            storePausedUntilMillis = services.clock().millis() + STORE_PAUSE_MILLIS;
            LOG.atWarn().addKeyValue("destination", destination).setCause(e).log("The store fails, delivery waits");
        }
    }

    /** Goes on with partitions that came. */
    private void open() {
        while (!opening.isEmpty()) {
            Map.Entry<Integer, Long> next = opening.firstEntry();
            ledger.open(next.getKey(), next.getValue());
            opening.remove(next.getKey());
            keepPace();
        }
    }

    /** The limits are the destination's as a whole: a node has that part of them that it has of the partitions. */
    private void keepPace() {
        Wiring by = wiring;
        if (by != null) {
            gate.keepTo(
                    by.rate(),
                    Math.max(1, ledger.owned()) / (double) services.store().partitions());
        }
    }

    /** Forgets a partition that has another owner now; what is under way is answered for and not stored. */
    private void close(int partition) {
        List<Item> withdrawn = sender.remove(partition);
        unplanned.removeIf(candidate -> {
            boolean isClosed = candidate.entry().partition() == partition;
            if (isClosed) {
                ledger.withdraw(candidate);
            }
            return isClosed;
        });
        ledger.close(partition, withdrawn);
        keepPace();
    }

    // ---- connecting

    private void connect() {
        boolean again = wiring == null && services.clock().millis() >= reconnectMillis;
        if (!rewire && !again) {
            return;
        }
        rewire = false;
        reconnectMillis = Long.MAX_VALUE;
        retire();
        if (!config.enabled()) {
            return;
        }
        Catalogue.Lease lease = services.catalogue().lease(config.plugin()).orElse(null);
        if (lease == null) {
            waitingFor = "there is no plugin " + config.plugin();
            LOG.atWarn()
                    .addKeyValue("destination", destination)
                    .addKeyValue("plugin", config.plugin())
                    .log("There is no such plugin, the destination's events wait for it");
            return;
        }
        ConfiguredDestination by = config;
        plugin.call(
                () -> Wiring.connect(by, lease, context),
                connected -> {
                    wiring = connected;
                    waitingFor = "";
                    gate.access().reset();
                    Optional<RetryPolicy> retry = connected.descriptor().retry();
                    ledger.retryBy(retry);
                    gate.pace().pauseBy(retry.map(RetryPolicy::throttled).orElse(Pauses.DEFAULT));
                    keepPace();
                },
                reason -> {
                    lease.close();
                    waitingFor = reason;
                    reconnectMillis = services.clock().millis() + RECONNECT_MILLIS;
                    LOG.atWarn()
                            .addKeyValue("destination", destination)
                            .addKeyValue("reason", reason)
                            .log("Destination cannot be connected, its events wait");
                });
    }

    /** Takes out what the settings and the connector keep secret. */
    private String mask(String text) {
        Wiring by = wiring;
        return (by == null ? Masker.NONE : by.masker()).and(state.secrets()).mask(text);
    }

    private void retire() {
        sender.recall();
        Wiring old = wiring;
        wiring = null;
        if (old != null && old.retire()) {
            close(old);
        }
    }

    private void release(Wiring used) {
        if (used.release()) {
            close(used);
        }
    }

    private void close(Wiring old) {
        changeThread = true; // what the plugin left in thread locals goes with the thread
        plugin.call(old::closeConnector, closed -> old.closeLease(), reason -> old.closeLease());
    }

    // ---- reading

    /** A delivery may go now. */
    private void go(Item item) {
        Delivery verdict = item.verdict();
        if (verdict == null) {
            sender.add(item);
        } else {
            ledger.settle(item, verdict, () -> Evidence.NONE);
        }
    }

    private void read() {
        nothingToRead = false;
        if (wiring == null || !unplanned.isEmpty()) {
            return;
        }
        int room = Math.min(ledger.memory(), CHUNK);
        long now = services.clock().millis();
        if (room > 0 && ledger.nextRetryMillis() <= now) {
            unplanned.addAll(ledger.readDue(now, room));
        }
        if (unplanned.isEmpty() && ledger.mayRead()) {
            unplanned.addAll(ledger.read(room));
            nothingToRead = unplanned.isEmpty();
        }
    }

    private void plan() {
        Wiring by = wiring;
        if (by == null || unplanned.isEmpty()) {
            return;
        }
        List<Candidate> chunk = planAlone > 0 ? List.of(unplanned.getFirst()) : List.copyOf(unplanned);
        planAlone = Math.max(0, planAlone - 1);
        plugin.call(() -> chunk.stream().map(by::plan).toList(), plans -> planned(chunk, plans), reason -> {
            if (chunk.size() > 1) {
                planAlone = chunk.size(); // one of them did it: ask for each alone
            } else {
                planFailed(chunk.getFirst(), reason);
            }
        });
    }

    private void planned(List<Candidate> chunk, List<Wiring.Plan> plans) {
        for (int i = 0; i < chunk.size(); i++) {
            unplanned.removeFirst();
            planned(chunk.get(i), plans.get(i));
        }
    }

    private void planned(Candidate candidate, Wiring.Plan plan) {
        switch (plan) {
            case Wiring.Plan.Filtered filtered -> ledger.filter(candidate, filtered.reason());
            case Wiring.Plan.Planned planned -> ledger.admit(candidate, planned.items());
        }
    }

    private void planFailed(Candidate candidate, String reason) {
        unplanned.removeFirst();
        Item item = new Item(FactEvents.of(candidate.entry()));
        ledger.admit(candidate, List.of(item.decided(Delivery.retry(reason))));
    }

    // ---- storing, sleeping, telling

    private void flush(boolean now) {
        if (!ledger.isDirty()) {
            dirty = false;
            return;
        }
        if (!dirty) {
            dirty = true;
            dirtySinceNanos = System.nanoTime();
        }
        boolean due = System.nanoTime() - dirtySinceNanos
                >= services.config().commitInterval().toNanos();
        if ((now || due || ledger.isLarge()) && (now || services.clock().millis() >= storePausedUntilMillis)) {
            withStore(ledger::flush);
            dirty = ledger.isDirty();
            dirtySinceNanos = System.nanoTime();
        }
    }

    private long nanosUntilWork() {
        long nowMillis = services.clock().millis();
        long nanos = Long.MAX_VALUE;
        if (dirty) {
            nanos = services.config().commitInterval().toNanos() - (System.nanoTime() - dirtySinceNanos);
        }
        if (stopping) {
            return Math.min(nanos, Math.max(0, stopAtNanos - System.nanoTime()));
        }
        long storeNanos = nanosUntil(storePausedUntilMillis, nowMillis);
        if (!opening.isEmpty()) {
            nanos = Math.min(nanos, storeNanos);
        }
        Wiring by = wiring;
        if (by == null) {
            return Math.min(nanos, nanosUntil(reconnectMillis, nowMillis));
        }
        if (ledger.waitsForOthers()) {
            nanos = Math.min(nanos, Backlog.HELD_UP_PAUSE_NANOS);
        }
        if (!unplanned.isEmpty()) {
            return 0;
        }
        if (!nothingToRead && ledger.hasUnread() && ledger.mayRead()) {
            nanos = Math.min(nanos, storeNanos);
        }
        nanos = Math.min(nanos, sender.nanosUntilWork(by));
        if (ledger.memory() > 0) {
            long retryNanos = nanosUntil(ledger.nextRetryMillis(), nowMillis);
            nanos = Math.min(nanos, Math.max(retryNanos, storeNanos));
        }
        return Math.max(0, nanos);
    }

    private static long nanosUntil(long thenMillis, long nowMillis) {
        return thenMillis == Long.MAX_VALUE
                ? Long.MAX_VALUE
                : TimeUnit.MILLISECONDS.toNanos(Math.max(0, thenMillis - nowMillis));
    }

    private void publish() {
        DestinationCounts counts = ledger.counts();
        DestinationStatus.State state = state(counts);
        String reason = switch (state) {
            case WAITING -> waitingFor;
            case UNAUTHORIZED -> gate.access().reason();
            case RUNNING, DISABLED, BROKEN, THROTTLED, FULL, STUCK -> "";
        };
        status = new DestinationStatus(destination, config.plugin(), state, reason, counts);
    }

    private DestinationStatus.State state(DestinationCounts counts) {
        if (!config.enabled()) {
            return DestinationStatus.State.DISABLED;
        }
        if (wiring == null) {
            return DestinationStatus.State.WAITING;
        }
        if (gate.access().isPaused()) {
            return DestinationStatus.State.UNAUTHORIZED;
        }
        if (gate.isBroken()) {
            return DestinationStatus.State.BROKEN;
        }
        if (gate.pace().nanosUntilPauseEnds(System.nanoTime()) > 0) {
            return DestinationStatus.State.THROTTLED;
        }
        boolean full = counts.retrying() >= services.config().retryQueueMax()
                || counts.deadLetters() >= services.config().deadLettersMax();
        return full ? DestinationStatus.State.FULL : DestinationStatus.State.RUNNING;
    }
}
