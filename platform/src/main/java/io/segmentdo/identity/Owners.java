package io.segmentdo.identity;

import io.segmentdo.problem.PlatformException;
import io.segmentdo.problem.Problem;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.eventbus.ReplyFailure;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Asks those who own identifiers and ledgers, on this member or another, by the event bus.
 *
 * <p>While a partition has no owner, or another one than was thought, it is asked again for a while. Orders carry an id, so
 * that one that is asked again is carried out once. Safe for concurrent use; no call blocks.
 */
public final class Owners {
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(5);
    private static final long PAUSE_MILLIS = 25;
    private static final int STEPS_MAX = 1000;

    private final Vertx vertx;
    private final Directory directory;
    private final int partitions;
    private final DeliveryOptions options =
            QuestionCodec.options(Question.class).setSendTimeout(ANSWER_TIMEOUT.toMillis());

    /**
     * @param directory where the owners are
     * @param partitions how many partitions there are
     */
    public Owners(Vertx vertx, Directory directory, int partitions) {
        this.vertx = vertx;
        this.directory = directory;
        this.partitions = partitions;
    }

    /** The profile that an identifier belongs to, empty when it is nobody's. */
    public Future<Optional<Profile>> find(ActorId id) {
        return find(id, STEPS_MAX);
    }

    private Future<Optional<Profile>> find(ActorId id, int stepsLeft) {
        return ask(new Question.Who(id)).compose(reply -> switch (reply) {
            case Reply.Found found -> Future.succeededFuture(Optional.of(found.profile()));
            case Reply.Elsewhere elsewhere ->
                stepsLeft == 0 ? Future.failedFuture(unexpected(reply)) : find(elsewhere.next(), stepsLeft - 1);
            case Reply.Nobody nobody -> Future.succeededFuture(Optional.empty());
            case Reply.Facts facts -> Future.failedFuture(unexpected(reply));
            case Reply.Done done -> Future.failedFuture(unexpected(reply));
        });
    }

    /** These facts of a workspace's ledger, as far as they exist. */
    public Future<List<Fact>> facts(String workspace, List<Long> numbers) {
        return numbers.isEmpty()
                ? Future.succeededFuture(List.of())
                : askForFacts(new Question.Facts(ActorId.ledger(workspace), List.copyOf(numbers)));
    }

    /** The facts of a workspace's ledger from a number on, in their order; none when there are no more. */
    public Future<List<Fact>> factsFrom(String workspace, long first, int max) {
        return askForFacts(new Question.FactsFrom(ActorId.ledger(workspace), first, max));
    }

    private Future<List<Fact>> askForFacts(Question question) {
        return ask(question)
                .compose(reply -> reply instanceof Reply.Facts facts
                        ? Future.succeededFuture(facts.facts())
                        : Future.failedFuture(unexpected(reply)));
    }

    /** See {@link IdentityLane#alias}. */
    public Future<Decision.Verdict> alias(ActorId user, ActorId former, String requestId, long atMillis) {
        return order(Question.Order.Kind.ALIAS, user, former, requestId, atMillis);
    }

    /** See {@link IdentityLane#unmerge}. */
    public Future<Decision.Verdict> unmerge(ActorId id, String requestId, long atMillis) {
        return order(Question.Order.Kind.UNMERGE, id, null, requestId, atMillis);
    }

    /** See {@link IdentityLane#detach}. */
    public Future<Decision.Verdict> detach(ActorId id, String requestId, long atMillis) {
        return order(Question.Order.Kind.DETACH, id, null, requestId, atMillis);
    }

    /** See {@link IdentityLane#delete}. */
    public Future<Decision.Verdict> delete(ActorId id, String requestId, long atMillis) {
        return order(Question.Order.Kind.DELETE, id, null, requestId, atMillis);
    }

    private Future<Decision.Verdict> order(
            Question.Order.Kind kind, ActorId id, @Nullable ActorId other, String requestId, long atMillis) {
        ActorId ledger = ActorId.ledger(id.workspace());
        return ask(new Question.Order(ledger, kind, id, other, requestId, atMillis))
                .compose(reply -> reply instanceof Reply.Done done
                        ? Future.succeededFuture(done.verdict())
                        : Future.failedFuture(unexpected(reply)));
    }

    private Future<Reply> ask(Question question) {
        return ask(question, System.nanoTime() + PATIENCE.toNanos(), PAUSE_MILLIS);
    }

    private Future<Reply> ask(Question question, long deadline, long pause) {
        Place place = directory.find(question.of().partition(partitions));
        Future<Reply> reply = place == null
                ? Future.failedFuture(nobody())
                : vertx.eventBus()
                        .<Reply>request(place.questionAddress(), question, options)
                        .map(message -> message.body());
        return reply.recover(failure -> {
            if (!mayHelpToAskAgain(failure)) {
                return Future.failedFuture(explained(failure));
            }
            if (System.nanoTime() - deadline > 0) {
                return Future.failedFuture(nobody());
            }
            return vertx.timer(pause).compose(v -> ask(question, deadline, Math.min(500, pause * 2)));
        });
    }

    private static boolean mayHelpToAskAgain(Throwable failure) {
        return (failure instanceof PlatformException known && known.problem() == Problem.NOT_OWNER)
                || NotOwned.in(failure).isPresent()
                || (failure instanceof ReplyException reply && reply.failureType() != ReplyFailure.RECIPIENT_FAILURE)
                || String.valueOf(failure.getMessage()).startsWith(Problem.NOT_OWNER.code());
    }

    /** The problem of another member, which came as text. */
    private static Throwable explained(Throwable failure) {
        String message = String.valueOf(failure.getMessage());
        for (Problem problem : Problem.values()) {
            if (failure instanceof ReplyException && message.startsWith(problem.code() + ": ")) {
                return new PlatformException(
                        problem, message.substring(problem.code().length() + 2), failure);
            }
        }
        return failure;
    }

    private static PlatformException nobody() {
        return new PlatformException(Problem.NOT_OWNER, "nobody answers for this identifier now (expected: its owner)");
    }

    private static IllegalStateException unexpected(Reply reply) {
        return new IllegalStateException("an owner answered " + reply.getClass().getSimpleName());
    }
}
