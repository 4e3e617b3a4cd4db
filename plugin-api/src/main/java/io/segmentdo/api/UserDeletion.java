package io.segmentdo.api;

import java.util.List;
import java.util.Optional;

/** A request to delete a user. Made by the platform. Immutable. */
public interface UserDeletion {
    /** The same in every attempt. */
    String requestId();

    /** The user's id, where there is one. */
    Optional<String> userId();

    /** The anonymous ids that are known of the user. */
    List<String> anonymousIds();

    /** The user's email address, where it is known. */
    Optional<String> email();
}
