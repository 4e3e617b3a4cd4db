package io.segmentdo.connector;

import io.segmentdo.api.HttpRequest;
import java.io.IOException;

/** The credentials of one configured destination. Confined to the thread of its connector. */
@FunctionalInterface
interface Credentials {
    /** Says that nothing needs to be added. */
    Credentials NONE = request -> request;

    /**
     * The request with credentials, which may have to be asked for first.
     *
     * @throws IOException if nobody answered
     * @throws UnauthorizedException if there are none to be had
     * @throws InterruptedException if the platform ends the call
     */
    HttpRequest sign(HttpRequest request) throws IOException, UnauthorizedException, InterruptedException;

    /** Hears that the last ones were accepted. */
    default void accepted() {}

    /** Hears that they were not; true if others can be had that were not tried yet. */
    default boolean refused() {
        return false;
    }

    /**
     * Gets others now; false where there is nothing to get.
     *
     * @throws IOException if nobody answered
     * @throws UnauthorizedException if there are none to be had
     * @throws InterruptedException if the platform ends the call
     */
    default boolean renew() throws IOException, UnauthorizedException, InterruptedException {
        return false;
    }
}
