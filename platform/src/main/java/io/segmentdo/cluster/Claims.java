package io.segmentdo.cluster;

import io.micrometer.core.instrument.MeterRegistry;
import io.segmentdo.identity.Lanes;
import io.segmentdo.problem.PlatformException;
import io.segmentdo.problem.Problem;
import io.segmentdo.store.PartitionStore;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The partitions that this node owns, brought in line with those that it should own.
 *
 * <p>One thread compares the two, again whenever something may have changed. What is wanted and not owned is asked of the
 * store, which grants it when no living member has it, then loaded into the lanes, then shown to the followers. What is
 * owned and not wanted goes the way back: followers store what they have, then, one partition after the other, the lane ends
 * its batch, the store lets the next owner in, and that one is told. A partition that the store has given to another, or
 * whose lane has failed, is dropped and, when it is wanted, asked for again. Nothing here keeps a stale owner from writing; the store does.
 *
 * <p>Longer than a page, because what is done to a partition on its way in and out is read together. Safe for concurrent
 * use.
 */
public final class Claims implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Claims.class);
    private static final Duration AGAIN = Duration.ofMillis(50);
    private static final Duration HAND_OVER = Duration.ofSeconds(2);
    private static final Duration AFTER_FAILURE = Duration.ofMillis(250);

    private final PartitionStore store;
    private final Lanes lanes;
    private final Wish wish;
    private final Duration recheck;
    private final ClaimMeters meters;
    private final List<Follower> followers = new CopyOnWriteArrayList<>();
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    private Successors successors = Successors.NONE;
    private final Thread thread = Thread.ofPlatform().name("ownership").daemon().unstarted(this::run);

    // any thread
    private final Map<Integer, Long> held = new ConcurrentHashMap<>();
    private final Queue<Set<Integer>> lost = new ConcurrentLinkedQueue<>();
    private final Offers offers = new Offers();
    private final Semaphore kicks = new Semaphore(0);
    private final Readiness readiness = new Readiness();
    private volatile boolean closed;

    // own thread only
    private final Map<Integer, Long> wantedSinceNanos = new HashMap<>();
    private final Map<Integer, Long> takenMillis = new HashMap<>();
    private final Map<Integer, Long> followed = new HashMap<>();
    private final Map<Integer, Long> unreleased = new HashMap<>();
    private final Wave wave = new Wave();
    private Future<Boolean> handOver = Future.succeededFuture(true);

    /** Brings what is owned in line with a wish, at least so often. */
    Claims(PartitionStore store, Lanes lanes, Wish wish, Duration recheck, MeterRegistry registry) {
        this.store = store;
        this.lanes = lanes;
        this.wish = wish;
        this.recheck = recheck;
        this.meters = new ClaimMeters(registry, held::size, () -> wish.wanted().size());
        lanes.onLost(partitions -> {
            lost.add(partitions);
            kick();
        });
    }

    /** Of a node on its own, which owns everything. */
    public static Claims alone(PartitionStore store, Lanes lanes, MeterRegistry registry) {
        return new Claims(store, lanes, Wish.all(store.partitions()), Duration.ofSeconds(1), registry);
    }

    /** Of a member of a cluster, which owns what the members' common table says, and tells them what it does. */
    public static Claims in(Cluster cluster, Vertx vertx, PartitionStore store, Lanes lanes, MeterRegistry registry) {
        Claims claims = new Claims(store, lanes, cluster, Duration.ofMillis(200), registry);
        cluster.onChange(claims::kick);
        claims.onChange(cluster::changed);
        new Herald(vertx, cluster, claims).start();
        return claims;
    }

    /** Adds who works on partitions behind identity; before {@link #start}. */
    public void follow(Follower follower) {
        followers.add(follower);
    }

    /** Calls back on the own thread after partitions came or went. */
    public void onChange(Runnable listener) {
        listeners.add(listener);
    }

    /** Sets who is told of partitions that are given up; before {@link #start}. */
    void succeededBy(Successors next) {
        successors = next;
    }

    /**
     * Another member has let go of a partition: it is asked for before all others, when it is wanted. Blocks until it is
     * owned and its followers work; false when that takes too long.
     *
     * @param sinceMillis since when nobody owns it, in epoch milliseconds by the clock of that member
     */
    boolean offer(int partition, long sinceMillis) {
        return offers.await(partition, sinceMillis, this::kick, HAND_OVER);
    }

    /** Takes what may be had, once, and goes on with that on an own thread. */
    public void start() {
        attempt();
        thread.start();
    }

    /** Lets the thread look again at once; any thread. */
    void kick() {
        kicks.release();
    }

    /** The partitions that are owned here, with their epochs. */
    public Map<Integer, Long> held() {
        return Map.copyOf(held);
    }

    /** How many partitions should be owned here and are not; above zero for long, the node is not ready. */
    public int missing() {
        Set<Integer> missing = new HashSet<>(wish.wanted());
        missing.removeAll(held.keySet());
        return missing.size();
    }

    /**
     * Whether this node can be counted on: it has had all its partitions once, and has not been refused some of them for
     * long since then.
     */
    public boolean isReady() {
        return wish.isKnown() && (missing() == 0 || readiness.isReady());
    }

    /** Gives everything up, after the running batches. */
    @Override
    public void close() {
        closed = true;
        kick();
        try {
            if (thread.isAlive()) {
                thread.join();
            }
            giveUpAll();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** At the end; nobody is waited for twice. */
    private void giveUpAll() throws InterruptedException {
        disown(Set.copyOf(held.keySet()));
        boolean isPaced = true;
        for (int partition : new TreeSet<>(held.keySet())) {
            Future<Boolean> taken = giveUp(partition);
            isPaced = isPaced && isTaken(taken);
        }
        wave.endRound(true, held.size());
    }

    private static boolean isTaken(Future<Boolean> handOver) throws InterruptedException {
        try {
            return handOver.toCompletionStage().toCompletableFuture().get(HAND_OVER.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException e) {
            return false;
        }
    }

    // The catch-all of the thread: whatever fails is tried again.
    private void run() {
        while (!closed) {
            await(attempt());
        }
    }

    /** One round; returns how long to wait for the next one, unless something happens. */
    private Duration attempt() {
        try {
            boolean isSettled = round();
            readiness.answered(isSettled && wish.isKnown());
            wave.endRound(isSettled, held.size());
            return isSettled ? recheck : AGAIN;
        } catch (RuntimeException e) {
            readiness.unanswered();
            log.atWarn().setCause(e).log("Partitions could not be taken or given up, trying again");
            return AFTER_FAILURE;
        }
    }

    private void await(Duration atMost) {
        try {
            if (kicks.tryAcquire(atMost.toMillis(), TimeUnit.MILLISECONDS)) {
                kicks.drainPermits();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            closed = true;
        }
    }

    /** Whether everything wanted is owned, and nothing else. */
    private boolean round() {
        boolean changed = dropLost();
        changed |= stepDown();
        releaseInStore(Map.of());
        Set<Integer> wanted = wish.wanted();
        Set<Integer> unwanted = new TreeSet<>(held.keySet());
        unwanted.removeAll(wanted);
        if (!unwanted.isEmpty()) {
            changed |= giveUpNext(unwanted);
        }
        Set<Integer> missing = new HashSet<>(wanted);
        missing.removeAll(held.keySet());
        wantedSinceNanos.keySet().retainAll(missing);
        if (!missing.isEmpty()) {
            changed |= take(missing);
        }
        if (changed) {
            listeners.forEach(Runnable::run);
        }
        if (kicks.availablePermits() == 0) {
            lead(wanted); // which takes a while: first comes what somebody waits for
        }
        return lost.isEmpty() && held.keySet().equals(wanted) && followed.equals(held);
    }

    /** Shows the followers what is new; one that fails is shown it again. */
    private void lead(Set<Integer> wanted) {
        held.forEach((partition, epoch) -> {
            if (wanted.contains(partition) && !epoch.equals(followed.get(partition))) {
                followers.forEach(follower -> follower.own(partition, epoch));
                followed.put(partition, epoch);
            }
        });
        offers.taken(followed.keySet()).forEach((partition, sinceMillis) -> {
            long ownerlessMillis = Math.max(0, takenMillis.getOrDefault(partition, sinceMillis) - sinceMillis);
            meters.handedOver(ownerlessMillis);
            wave.handedOver(partition, ownerlessMillis);
        });
    }

    private void disown(Set<Integer> partitions) {
        followed.keySet().removeAll(partitions);
        followers.forEach(follower -> follower.disown(partitions));
    }

    /** What a lane has lost is not ours until it is opened again. */
    private boolean dropLost() {
        Set<Integer> dropped = new HashSet<>();
        for (Set<Integer> partitions = lost.poll(); partitions != null; partitions = lost.poll()) {
            dropped.addAll(partitions);
        }
        dropped.retainAll(held.keySet());
        forget(dropped);
        return !dropped.isEmpty();
    }

    /** What the store has given to another is not ours, whatever the table says. */
    private boolean stepDown() {
        Set<Integer> taken = new HashSet<>();
        held.forEach((partition, epoch) -> {
            if (!store.owns(partition, epoch)) {
                taken.add(partition);
            }
        });
        if (taken.isEmpty()) {
            return false;
        }
        log.atWarn().addKeyValue("partitions", taken.size()).log("Partitions have another owner now, stepping down");
        await(lanes.close(taken));
        forget(taken);
        return true;
    }

    private void forget(Set<Integer> partitions) {
        if (!partitions.isEmpty()) {
            held.keySet().removeAll(partitions);
            disown(partitions);
            meters.lost(partitions.size());
            wave.lost(partitions.size());
        }
    }

    /**
     * Gives partitions up. Followers store what they have while identity goes on; then one after another is let go and taken
     * by its next owner, so that each of them is nobody's for a moment only. When one is not taken, the others do not wait.
     */
    private boolean giveUpNext(Set<Integer> unwanted) {
        Set<Integer> led = new HashSet<>(unwanted);
        led.retainAll(followed.keySet());
        if (!led.isEmpty()) {
            disown(led);
        }
        if (!handOver.isComplete()) {
            return false;
        }
        boolean isPaced = handOver.succeeded() && handOver.result();
        for (int partition : isPaced ? Set.of(unwanted.iterator().next()) : unwanted) {
            handOver = giveUp(partition);
            handOver.onComplete(ignored -> kick());
        }
        return true;
    }

    private Future<Boolean> giveUp(int partition) {
        await(lanes.close(Set.of(partition)));
        long nowMillis = System.currentTimeMillis();
        Long epoch = held.remove(partition);
        releaseInStore(epoch == null ? Map.of() : Map.of(partition, epoch));
        meters.released(1);
        wave.givenUp(partition);
        return successors.handOver(partition, nowMillis);
    }

    /** What the store did not let go, because it was away, is tried again with the next ones. */
    private void releaseInStore(Map<Integer, Long> epochs) {
        unreleased.putAll(epochs);
        if (!unreleased.isEmpty()) {
            store.release(Map.copyOf(unreleased));
            unreleased.clear();
        }
    }

    private boolean take(Set<Integer> missing) {
        long now = System.nanoTime();
        missing.forEach(partition -> wantedSinceNanos.putIfAbsent(partition, now));
        Set<Integer> free = offers.among(missing);
        Map<Integer, Long> epochs = store.tryOpen(free.isEmpty() ? missing : free);
        if (epochs.isEmpty()) {
            return false;
        }
        held.putAll(epochs);
        try {
            await(lanes.open(epochs));
        } catch (RuntimeException e) {
            await(lanes.close(epochs.keySet()));
            held.keySet().removeAll(epochs.keySet());
            throw e;
        }
        report(epochs.keySet());
        return true;
    }

    private void report(Set<Integer> opened) {
        long nowNanos = System.nanoTime();
        long nowMillis = System.currentTimeMillis();
        for (int partition : opened) {
            Long since = wantedSinceNanos.remove(partition);
            meters.taken(nowNanos - (since == null ? nowNanos : since));
            takenMillis.put(partition, nowMillis);
        }
        wave.taken(opened.size());
    }

    private static void await(Future<Void> step) {
        try {
            step.toCompletionStage().toCompletableFuture().get();
        } catch (ExecutionException e) {
            throw failure(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new PlatformException(Problem.INTERNAL, "interrupted", e);
        }
    }

    private static PlatformException failure(@Nullable Throwable cause) {
        return cause instanceof PlatformException known
                ? known
                : new PlatformException(Problem.INTERNAL, "a lane failed: " + cause, cause);
    }
}
