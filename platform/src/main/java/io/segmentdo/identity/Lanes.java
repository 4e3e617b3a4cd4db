package io.segmentdo.identity;

import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.ThreadingModel;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.EventBus;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The identity lanes of this node: the threads that own its partitions, partition p on lane p modulo their number.
 *
 * <p>They own what they are given with {@link #open} until it is taken with {@link #close} or lost by a lane that failed.
 * Safe for concurrent use; no call blocks.
 */
public final class Lanes {
    private static final long REHEARSED_SECONDS_MAX = 5;

    private final Vertx vertx;
    private final List<IdentityVerticle> verticles = new ArrayList<>();
    private final List<String> deployments = new CopyOnWriteArrayList<>();
    private final List<Consumer<Set<Integer>>> losses = new CopyOnWriteArrayList<>();

    /**
     * Lanes that own nothing and are not started.
     *
     * @param places one for each lane, in the order of their numbers
     * @param directory where the lanes of all nodes are
     * @param factory makes a lane, and another one when that has failed
     */
    public Lanes(
            Vertx vertx,
            List<Place> places,
            Directory directory,
            Function<ChannelTransport, IdentityLane> factory,
            IdentityMeters meters) {
        this.vertx = vertx;
        for (Place place : places) {
            verticles.add(new IdentityVerticle(place, directory, factory, meters, this::lost));
        }
    }

    /** Lets an event bus carry what routers and lanes send each other; once per Vert.x instance. */
    public static void registerCodecs(EventBus bus, Seal seal) {
        BusCodecs.register(bus, seal);
    }

    /** Starts the threads. */
    public Future<Void> start() {
        List<Future<String>> starts = new ArrayList<>();
        for (int lane = 0; lane < verticles.size(); lane++) {
            DeploymentOptions options = new DeploymentOptions()
                    .setThreadingModel(ThreadingModel.WORKER)
                    .setWorkerPoolName("identity-" + lane)
                    .setWorkerPoolSize(1);
            starts.add(vertx.deployVerticle(verticles.get(lane), options).onSuccess(deployments::add));
        }
        return Future.all(starts).mapEmpty();
    }

    /**
     * Goes through what the first of so many partitions will need, so that it need not wait for that; after {@link #start}.
     * Completes in bounded time, whatever comes of it.
     */
    public Future<Void> rehearse(int partitions) {
        return verticles
                .getFirst()
                .rehearse(partitions)
                .timeout(REHEARSED_SECONDS_MAX, TimeUnit.SECONDS)
                .otherwiseEmpty();
    }

    /** Ends the threads after their running batches; what they own is not given up in the store. */
    public Future<Void> stop() {
        return Future.all(deployments.stream().map(vertx::undeploy).toList()).mapEmpty();
    }

    /** Loads partitions that the store has granted at these epochs; fails when some of them were not, see {@link #onLost}. */
    public Future<Void> open(Map<Integer, Long> epochs) {
        Map<Integer, Map<Integer, Long>> byLane = new HashMap<>();
        epochs.forEach((partition, epoch) -> Objects.requireNonNull(
                        byLane.computeIfAbsent(laneOf(partition), l -> new HashMap<>()))
                .put(partition, epoch));
        return forEach(byLane, IdentityVerticle::open);
    }

    /** Stops deciding for partitions, after the running batches. */
    public Future<Void> close(Collection<Integer> partitions) {
        return forEach(partitions.stream().collect(Collectors.groupingBy(this::laneOf)), IdentityVerticle::close);
    }

    /** Is told on a lane's thread which partitions went with a lane that failed; must not block. */
    public void onLost(Consumer<Set<Integer>> listener) {
        losses.add(listener);
    }

    private <T> Future<Void> forEach(Map<Integer, T> byLane, BiFunction<IdentityVerticle, T, Future<Void>> call) {
        return Future.join(byLane.entrySet().stream()
                        .map(entry -> call.apply(verticles.get(entry.getKey()), entry.getValue()))
                        .toList())
                .mapEmpty();
    }

    private int laneOf(int partition) {
        return partition % verticles.size();
    }

    private void lost(Set<Integer> partitions) {
        losses.forEach(listener -> listener.accept(partitions));
    }
}
