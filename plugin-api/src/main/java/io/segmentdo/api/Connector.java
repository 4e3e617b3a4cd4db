package io.segmentdo.api;

import java.io.IOException;

/**
 * Delivers to one configured destination.
 *
 * <p>All calls come from one thread that serves this connector only, one after another. A call may block, but one that
 * does not return within the platform's deadline is interrupted and counts as failed: its events are kept and tried
 * again, and so are those of a call that throws. Delivery is at least once; {@link OutboundEvent#messageId} is the same
 * in each attempt.
 */
public sealed interface Connector extends AutoCloseable permits HttpConnector, BlockingConnector {
    /** How many events go into one call; by default what the descriptor says. */
    default Batching batching(Descriptor descriptor) {
        return descriptor.batching();
    }

    /**
     * Asks the destination whether it accepts the credentials, and changes nothing there; by default nobody knows.
     *
     * @throws IOException when the destination did not answer
     * @throws InterruptedException when the platform ends the call
     */
    default CredentialCheck testCredentials() throws IOException, InterruptedException {
        return CredentialCheck.unknown();
    }

    /**
     * Gets new credentials in place of those that the destination did not accept; false, as by default, where there is
     * nothing that could be renewed.
     *
     * @throws IOException when the other side did not answer or gave none
     * @throws InterruptedException when the platform ends the call
     */
    default boolean refreshCredentials() throws IOException, InterruptedException {
        return false;
    }

    /**
     * Deletes what the destination holds of a user, or has it suppressed there; by default it is rejected, because the
     * destination has no way to do so.
     *
     * @throws IOException when the destination did not answer
     * @throws InterruptedException when the platform ends the call
     */
    default Delivery deleteUser(UserDeletion deletion) throws IOException, InterruptedException {
        return Delivery.rejected("this destination does not delete users");
    }

    /** Gives back what the connector holds; nothing is called afterwards. */
    @Override
    default void close() {}
}
