package io.segmentdo.delivery;

import io.segmentdo.api.CredentialCheck;
import io.segmentdo.api.Delivery;
import io.segmentdo.api.UserDeletion;
import io.segmentdo.problem.PlatformException;
import io.segmentdo.problem.Problem;
import java.util.List;
import java.util.Optional;

/**
 * What may be asked of configured destinations beside delivering: how they are, whether they accept the credentials, to
 * go on after a pause, to delete a user.
 *
 * <p>All calls block and none may be made on an event loop. Safe for concurrent use. They fail with {@code NOT_FOUND} for a
 * destination that does not exist, {@code OVERLOADED} for one that does not answer or is not connected, and {@code
 * DESTINATION_FAILED} when the other side failed.
 */
public final class Destinations {
    private final Lanes lanes;

    Destinations(Lanes lanes) {
        this.lanes = lanes;
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

    /** How a destination is doing. */
    public DestinationStatus status(String destination) {
        return lanes.require(destination).status();
    }

    /** Sends again what waits because credentials were refused or a pause was asked for. */
    public void resume(String destination) {
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
