package io.segmentdo.identity;

import io.segmentdo.priority.Priority;
import io.segmentdo.problem.PlatformException;
import io.segmentdo.problem.Problem;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.eventbus.Message;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives an identity lane its place on the event bus: batches of routers, answered after their commit, the mail of other
 * lanes, and questions.
 *
 * <p>What one commit sends between partitions takes effect with the next; when no batch brings one, the lane is drained at
 * once. A lane that fails has lost its partitions: they are reported, to be opened again from what is stored, and its
 * batches are refused until then, so that their routers send them again. Deployed as a worker with one thread of its own,
 * the lane's thread; a lane blocks on its store.
 */
final class IdentityVerticle extends VerticleBase {
    private static final Logger log = LoggerFactory.getLogger(IdentityVerticle.class);
    private static final long RESEND_MILLIS = 1000;
    private static final int REFUSED = 1;

    private final Place place;
    private final Directory directory;
    private final Function<ChannelTransport, IdentityLane> factory;
    private final IdentityMeters meters;
    private final Consumer<Set<Integer>> lost;
    private final Map<String, Long> lastBatches = new HashMap<>();
    private IdentityLane lane;
    private @Nullable Post post;
    private @Nullable AutoCloseable directoryChanges;
    private boolean draining;
    private boolean stopped;

    /**
     * The place of one lane, which owns nothing yet.
     *
     * @param place where it is asked for batches
     * @param directory where the other lanes are
     * @param factory makes the lane, and another one when that has failed
     * @param lost told on the lane's thread which partitions went with a lane that failed; must not block
     */
    IdentityVerticle(
            Place place,
            Directory directory,
            Function<ChannelTransport, IdentityLane> factory,
            IdentityMeters meters,
            Consumer<Set<Integer>> lost) {
        this.place = place;
        this.directory = directory;
        this.factory = factory;
        this.meters = meters;
        this.lost = lost;
        this.lane = factory.apply(ChannelTransport.NONE);
    }

    @Override
    public Future<?> start() {
        Priority.BEHIND.take();
        Post started = new Post(vertx, directory);
        post = started;
        lane = factory.apply(started);
        vertx.setPeriodic(RESEND_MILLIS, ignored -> resend());
        Context thread = context;
        directoryChanges = directory.onChange(() -> thread.runOnContext(ignored -> resend()));
        return Future.all(
                vertx.eventBus()
                        .<EventBatch>consumer(place.address(), this::take)
                        .completion(),
                vertx.eventBus()
                        .<LaneMail>consumer(place.mailAddress(), this::takeMail)
                        .completion(),
                vertx.eventBus()
                        .<Question>consumer(place.questionAddress(), this::takeQuestion)
                        .completion());
    }

    @Override
    public Future<?> stop() throws Exception {
        stopped = true;
        if (directoryChanges != null) {
            directoryChanges.close();
        }
        return Future.succeededFuture();
    }

    /** Loads partitions that the store has granted at these epochs. Any thread. */
    Future<Void> open(Map<Integer, Long> epochs) {
        return onLane(() -> {
            try {
                meters.opened(place.lane(), lane.open(epochs));
            } catch (RuntimeException e) {
                failed(e, epochs.keySet());
                throw e;
            }
            drainSoon();
        });
    }

    /** Goes through what the first of so many partitions will need. Any thread. */
    Future<Void> rehearse(int partitions) {
        return onLane(new Rehearsal(() -> factory.apply(ChannelTransport.NONE), partitions)::run);
    }

    /** Gives partitions up after the running batch. Any thread. */
    Future<Void> close(Collection<Integer> partitions) {
        return onLane(() -> meters.closed(place.lane(), lane.close(partitions)));
    }

    private Future<Void> onLane(Runnable task) {
        Promise<Void> done = Promise.promise();
        context.runOnContext(ignored -> {
            try {
                task.run();
                done.complete();
            } catch (RuntimeException e) {
                done.fail(e);
            }
        });
        return done.future();
    }

    private void take(Message<?> message) {
        EventBatch batch = open(message, EventBatch.class);
        if (batch == null) {
            return;
        }
        if (lastBatches.getOrDefault(batch.router(), 0L) >= batch.number()) {
            message.reply(new BatchCommitted(batch.router(), batch.number())); // its answer was lost, not its commit
            return;
        }
        Set<Integer> foreign = lane.foreign(batch.events());
        if (!foreign.isEmpty()) {
            message.fail(NotOwned.CODE, NotOwned.message(foreign));
            return;
        }
        try {
            meters.applied(place.lane(), lane.apply(batch.events()));
            lastBatches.put(batch.router(), batch.number());
            message.reply(new BatchCommitted(batch.router(), batch.number()));
        } catch (RuntimeException e) {
            message.fail(REFUSED, failed(e, Set.of()).code() + ": " + e.getMessage());
        }
        drainSoon();
    }

    private void takeMail(Message<?> message) {
        LaneMail mail = open(message, LaneMail.class);
        if (mail == null) {
            return;
        }
        lane.receive(mail.messages());
        lane.acknowledged(mail.receipts());
        if (message.replyAddress() != null) {
            message.reply(null);
        }
        drainSoon();
    }

    private void takeQuestion(Message<?> message) {
        Question question = open(message, Question.class);
        if (question == null) {
            return;
        }
        Set<Integer> foreign = lane.foreign(question.of());
        if (!foreign.isEmpty()) {
            message.fail(NotOwned.CODE, NotOwned.message(foreign));
            return;
        }
        try {
            IdentityLane.Answered answered = lane.answer(question);
            meters.applied(place.lane(), answered.counts());
            message.reply(answered.reply(), QuestionCodec.options(Reply.class));
        } catch (RuntimeException e) {
            boolean isChange = question instanceof Question.Order;
            Problem problem = isChange ? failed(e, Set.of()) : problem(e); // reading leaves the lane as it was
            message.fail(REFUSED, problem.code() + ": " + e.getMessage());
        }
        drainSoon();
    }

    private static Problem problem(RuntimeException e) {
        return e instanceof PlatformException known ? known.problem() : Problem.INTERNAL;
    }

    /** What a member has sent; null when it was none, who has been told so then. */
    private <T> @Nullable T open(Message<?> message, Class<T> type) {
        String reason;
        try {
            Object body = message.body();
            if (type.isInstance(body)) {
                return type.cast(body);
            }
            reason = "another kind of message";
        } catch (PlatformException forged) {
            reason = String.valueOf(forged.getMessage());
        }
        log.atWarn()
                .addKeyValue("lane", place.lane())
                .addKeyValue("reason", reason)
                .log("A message was refused that no member of this cluster can have sent");
        message.fail(REFUSED, Problem.UNAUTHORIZED.code());
        return null;
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
            meters.applied(place.lane(), lane.drain());
        } catch (RuntimeException e) {
            failed(e, Set.of());
        }
        drainSoon();
    }

    /** Replaces the lane unless it only refused; it has lost its partitions, and those that it was to open. */
    private Problem failed(RuntimeException e, Set<Integer> opening) {
        Problem problem = problem(e);
        if (problem == Problem.OVERLOADED) {
            return problem;
        }
        if (problem == Problem.NOT_OWNER) {
            log.atWarn()
                    .addKeyValue("lane", place.lane())
                    .addKeyValue("reason", String.valueOf(e.getMessage()))
                    .log("Identity lane was replaced as an owner, it steps down");
        } else {
            log.atError()
                    .setCause(e)
                    .addKeyValue("lane", place.lane())
                    .log("Identity lane failed, it starts again from what is stored");
        }
        Set<Integer> partitions = new HashSet<>(opening);
        partitions.addAll(lane.partitions());
        lane.close(lane.partitions());
        meters.reset(place.lane());
        lane = factory.apply(Objects.requireNonNull(post));
        lost.accept(partitions);
        return problem;
    }

    private void resend() {
        if (!stopped && post != null) {
            List<ChannelMessage> messages = lane.unacknowledged();
            if (!messages.isEmpty()) {
                post.resend(messages);
            }
        }
    }
}
