package io.segmentdo.cluster;

import io.segmentdo.cluster.Holdings.Held;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Tells the other members which partitions are held here, and hears what they hold; hands partitions over to their next
 * owners.
 *
 * <p>What is lost on the way does no harm: everything is said again every second, and whoever wants a partition asks the
 * store for it anyway. Safe for concurrent use; no call blocks.
 */
final class Herald implements Successors {
    private static final String TOPIC = "holdings";
    private static final long AGAIN_MILLIS = 1000;
    private static final long PAUSE_MILLIS = 100;
    private static final int TRIES = 5;

    private final Vertx vertx;
    private final Cluster cluster;
    private final Calls calls;
    private final Claims claims;
    private final AtomicLong numbers = new AtomicLong();

    Herald(Vertx vertx, Cluster cluster, Claims claims) {
        this.vertx = vertx;
        this.cluster = cluster;
        this.calls = new Calls(vertx, cluster);
        this.claims = claims;
    }

    void start() {
        calls.answer(TOPIC, this::answer);
        claims.onChange(this::tellAll);
        claims.succeededBy(this);
        String address = Calls.address(TOPIC, cluster.name());
        Reachability reachability = cluster.reachability(vertx);
        vertx.setPeriodic(AGAIN_MILLIS, ignored -> {
            tellAll();
            reachability.restore(address);
        });
        tellAll();
    }

    private void tellAll() {
        Held mine = mine();
        JsonObject said = write(mine);
        cluster.hear(mine);
        for (String other : cluster.others()) {
            calls.ask(other, TOPIC, said).onSuccess(answer -> cluster.hear(read(answer)));
        }
    }

    @Override
    public Future<Boolean> handOver(int partition, long sinceMillis) {
        return handOver(partition, sinceMillis, TRIES);
    }

    /** A member that has just started, or is busy, may need more than one offer. */
    private Future<Boolean> handOver(int partition, long sinceMillis, int triesLeft) {
        String next = cluster.ownerOf(partition).orElse(cluster.name());
        if (next.equals(cluster.name())) {
            return Future.succeededFuture(true);
        }
        return calls.ask(next, TOPIC, write(mine()).put("free", partition).put("sinceMillis", sinceMillis))
                .map(answer -> {
                    cluster.hear(read(answer));
                    return answer.getBoolean("taken");
                })
                .otherwise(false)
                .compose(isTaken -> isTaken || triesLeft == 1
                        ? Future.succeededFuture(isTaken)
                        : vertx.timer(PAUSE_MILLIS).compose(v -> handOver(partition, sinceMillis, triesLeft - 1)));
    }

    private JsonObject answer(JsonObject said) {
        cluster.hear(read(said));
        Integer free = said.getInteger("free");
        boolean isTaken = free != null && claims.offer(free, said.getLong("sinceMillis"));
        return write(mine()).put("taken", isTaken);
    }

    private synchronized Held mine() {
        return new Held(cluster.name(), numbers.incrementAndGet(), claims.held());
    }

    private static JsonObject write(Held held) {
        JsonObject epochs = new JsonObject();
        held.epochs().forEach((partition, epoch) -> epochs.put(String.valueOf(partition), epoch));
        return new JsonObject()
                .put("member", held.member())
                .put("number", held.number())
                .put("held", epochs);
    }

    private static Held read(JsonObject said) {
        JsonObject written = said.getJsonObject("held");
        Map<Integer, Long> epochs = new HashMap<>();
        written.fieldNames().forEach(partition -> epochs.put(Integer.valueOf(partition), written.getLong(partition)));
        return new Held(said.getString("member"), said.getLong("number"), epochs);
    }
}
