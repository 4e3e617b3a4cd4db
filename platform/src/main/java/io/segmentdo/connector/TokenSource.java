package io.segmentdo.connector;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/** Where tokens come from. Confined to the thread of its connector. */
@FunctionalInterface
interface TokenSource {
    /**
     * A token.
     *
     * @param value as it is sent
     * @param lifetime how long it holds, where that was said
     */
    record Token(String value, Optional<Duration> lifetime) {
        /** Without the token. */
        @Override
        public String toString() {
            return "Token[" + lifetime + "]";
        }
    }

    /**
     * Gets a new one.
     *
     * @throws IOException if nobody answered, or not as expected
     * @throws UnauthorizedException if it was refused
     * @throws InterruptedException if the platform ends the call
     */
    Token fetch() throws IOException, UnauthorizedException, InterruptedException;
}
