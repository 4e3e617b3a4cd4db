package io.segmentdo.storage;

import io.segmentdo.api.UserDeletion;
import java.util.List;
import java.util.Optional;

/** A user who is to be deleted by the id. Immutable. */
record DeletedUser(String id) implements UserDeletion {
    @Override
    public String requestId() {
        return "deletion-1";
    }

    @Override
    public Optional<String> userId() {
        return Optional.of(id);
    }

    @Override
    public List<String> anonymousIds() {
        return List.of();
    }

    @Override
    public Optional<String> email() {
        return Optional.empty();
    }
}
