package io.segmentdo.delivery;

import io.segmentdo.api.CredentialCheck;
import io.segmentdo.api.Delivery;
import io.segmentdo.api.UserDeletion;
import io.segmentdo.identity.Colleagues;
import io.segmentdo.problem.PlatformException;
import io.segmentdo.problem.Problem;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * What may be asked of configured destinations beside delivering: how they are, whether they accept the credentials, to
 * go on after a pause, to delete a user.
 *
 * <p>All calls block and none may be made on an event loop. Safe for concurrent use. They fail with {@code NOT_FOUND} for a
 * destination that does not exist, {@code OVERLOADED} for one that does not answer or is not connected, and {@code
 * DESTINATION_FAILED} when the other side failed.
 */
public final class Destinations {
    private static final String RESUME = "resume-destination";

    private final Lanes lanes;
    private final Colleagues colleagues;

    Destinations(Lanes lanes, Colleagues colleagues) {
        this.lanes = lanes;
        this.colleagues = colleagues;
        colleagues.answer(RESUME, question -> {
            resumeHere(question.getString("destination"));
            return new JsonObject();
        });
    }

    /**
     * A user who is to be deleted.
     *
     * @param requestId the same in every attempt
     */
    public record DeletedUser(
            String requestId, Optional<String> userId, List<String> anonymousIds, Optional<String> email)
            implements UserDeletion {
        public DeletedUser {
            anonymousIds = List.copyOf(anonymousIds);
        }
    }

    /** How a destination is doing on this node. */
    public DestinationStatus status(String destination) {
        return lanes.require(destination).status();
    }

    /**
     * Sends again what waits because credentials were refused or a pause was asked for, on every member: each has a pause of
     * its own. Fails with {@code OVERLOADED} when a member does not answer; the others have gone on then.
     */
    public void resume(String destination) {
        lanes.require(destination);
        CompletableFuture<Colleagues.Answers> others = colleagues
                .askAll(RESUME, new JsonObject().put("destination", destination))
                .toCompletionStage()
                .toCompletableFuture();
        resumeHere(destination);
        Lanes.answer(others).refuseSilence("resumed");
    }

    private void resumeHere(String destination) {
        Lanes.answer(lanes.require(destination).resume());
    }

    /** Asks a destination whether it accepts the credentials. */
    public CredentialCheck testCredentials(String destination) {
        return Lanes.answer(
                lanes.require(destination).consult(by -> by.connector().testCredentials()));
    }

    /**
     * Has a destination delete what it holds of a user.
     *
     * @return why it will not, or nothing when it will or has
     */
    public Optional<String> deleteUser(String destination, DeletedUser user) {
        Delivery outcome = Lanes.answer(lanes.require(destination).consult(by -> {
            if (!by.descriptor().deletesUsers()) {
                return Delivery.rejected("the destination does not delete users");
            }
            return by.connector().deleteUser(user);
        }));
        return switch (outcome) {
            case Delivery.Delivered done -> Optional.empty();
            case Delivery.Skipped unknown -> Optional.empty();
            case Delivery.Rejected never -> Optional.of(never.reason());
            case Delivery.Retry later -> throw failed(destination, later.reason());
            case Delivery.RetryAfter later -> throw failed(destination, later.reason());
            case Delivery.Unauthorized refused -> throw failed(destination, refused.reason());
        };
    }

    private static PlatformException failed(String destination, String reason) {
        return new PlatformException(Problem.DESTINATION_FAILED, destination + " cannot delete a user now: " + reason);
    }
}
