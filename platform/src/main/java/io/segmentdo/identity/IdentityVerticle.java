package io.segmentdo.identity;

import io.segmentdo.problem.PlatformException;
import io.segmentdo.problem.Problem;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.eventbus.Message;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives an identity lane its place on the event bus: batches of routers, answered after their commit, and the mail of other
 * lanes.
 *
 * <p>What one commit sends between partitions takes effect with the next; when no batch brings one, the lane is drained at
 * once. A lane that fails is replaced by one that starts from what is stored, and the batch is refused, so that its router
 * sends it again. Deployed as a worker with one thread of its own, the lane's thread; a lane blocks on its store.
 */
public final class IdentityVerticle extends VerticleBase {
    private static final Logger log = LoggerFactory.getLogger(IdentityVerticle.class);
    private static final long RESEND_MILLIS = 1000;
    private static final int REFUSED = 1;

    private final int number;
    private final int lanes;
    private final Collection<Integer> partitions;
    private final Function<ChannelTransport, IdentityLane> factory;
    private final IdentityMeters meters;
    private final Map<String, Long> lastBatches = new HashMap<>();
    private IdentityLane lane;
    private boolean draining;
    private boolean stopped;

    /**
     * The place of one lane.
     *
     * @param number the lane's number, from zero
     * @param lanes how many lanes share the partitions; partition p belongs to lane p mod lanes
     * @param partitions the partitions that it owns
     * @param factory makes the lane, and another one when that has failed
     */
    public IdentityVerticle(
            int number,
            int lanes,
            Collection<Integer> partitions,
            Function<ChannelTransport, IdentityLane> factory,
            IdentityMeters meters) {
        this.number = number;
        this.lanes = lanes;
        this.partitions = List.copyOf(partitions);
        this.factory = factory;
        this.meters = meters;
        this.lane = factory.apply(ChannelTransport.NONE);
    }

    /** Where the lane of a number takes batches. */
    public static String address(int lane) {
        return "identity." + lane;
    }

    /** Lets an event bus carry what routers and lanes send each other; once per Vert.x instance. */
    public static void registerCodecs(EventBus bus) {
        bus.registerDefaultCodec(EventBatch.class, new ByReferenceCodec<>(EventBatch.class));
        bus.registerDefaultCodec(LaneMail.class, new ByReferenceCodec<>(LaneMail.class));
    }

    private static String mailAddress(int lane) {
        return "identity." + lane + ".mail";
    }

    @Override
    public Future<?> start() {
        openLane();
        vertx.setPeriodic(RESEND_MILLIS, ignored -> resend());
        return Future.all(
                vertx.eventBus()
                        .<EventBatch>localConsumer(address(number), this::take)
                        .completion(),
                vertx.eventBus()
                        .<LaneMail>localConsumer(mailAddress(number), this::takeMail)
                        .completion());
    }

    @Override
    public Future<?> stop() {
        stopped = true;
        return Future.succeededFuture();
    }

    private void openLane() {
        lane = factory.apply(lanes == 1 ? ChannelTransport.NONE : new Post());
        meters.opened(number, lane.open(partitions));
        drainSoon();
    }

    private void take(Message<EventBatch> message) {
        EventBatch batch = message.body();
        if (lastBatches.getOrDefault(batch.router(), 0L) >= batch.number()) {
            message.reply(null); // its answer was lost, not its commit
            return;
        }
        try {
            meters.applied(number, lane.apply(batch.events()));
            lastBatches.put(batch.router(), batch.number());
            message.reply(null);
        } catch (RuntimeException e) {
            message.fail(REFUSED, failed(e).code() + ": " + e.getMessage());
        }
        drainSoon();
    }

    private void takeMail(Message<LaneMail> message) {
        lane.receive(message.body().messages());
        lane.acknowledged(message.body().receipts());
        drainSoon();
    }

    /** Lets the batches that already wait go first: the next of them takes in the messages as well. */
    private void drainSoon() {
        if (!draining && !stopped && !lane.isIdle()) {
            draining = true;
            context.runOnContext(ignored -> drain());
        }
    }

    private void drain() {
        draining = false;
        try {
            meters.applied(number, lane.drain());
        } catch (RuntimeException e) {
            failed(e);
        }
        drainSoon();
    }

    /** Replaces the lane unless it only refused. */
    private Problem failed(RuntimeException e) {
        Problem problem = e instanceof PlatformException known ? known.problem() : Problem.INTERNAL;
        if (problem != Problem.OVERLOADED) {
            log.atError()
                    .setCause(e)
                    .addKeyValue("lane", number)
                    .log("Identity lane failed, it starts again from what is stored");
            openLane();
        }
        return problem;
    }

    private void resend() {
        if (lanes > 1 && !stopped) {
            List<ChannelMessage> messages = lane.unacknowledged();
            if (!messages.isEmpty()) {
                new Post().send(messages);
            }
        }
    }

    /** Carries mail to the other lanes of this node. */
    private final class Post implements ChannelTransport {
        private final DeliveryOptions local = new DeliveryOptions().setLocalOnly(true);

        @Override
        public void send(List<ChannelMessage> messages) {
            for (int to = 0; to < lanes; to++) {
                int lane = to;
                post(
                        to,
                        new LaneMail(
                                messages.stream()
                                        .filter(m -> m.to() % lanes == lane)
                                        .toList(),
                                List.of()));
            }
        }

        @Override
        public void acknowledge(List<ChannelMessage.Receipt> receipts) {
            for (int to = 0; to < lanes; to++) {
                int lane = to;
                post(
                        to,
                        new LaneMail(
                                List.of(),
                                receipts.stream()
                                        .filter(r -> r.from() % lanes == lane)
                                        .toList()));
            }
        }

        private void post(int to, LaneMail mail) {
            if (to != number && !mail.isEmpty()) {
                vertx.eventBus().send(mailAddress(to), mail, local);
            }
        }
    }
}
