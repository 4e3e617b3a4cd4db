package io.segmentdo.api;

import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Small values that outlive a connector, such as a refresh token that the other side has replaced. They are secrets to the
 * platform: never shown and never logged. Used on the connector's own thread.
 */
public interface ConnectorState {
    /** Keeps nothing. */
    ConnectorState NONE = new ConnectorState() {
        @Override
        public Optional<String> find(String name) {
            return Optional.empty();
        }

        @Override
        public void put(String name, @Nullable String value) {}
    };

    /** Keeps values in a map of the caller's, for tests and tools. */
    static ConnectorState in(Map<String, String> kept) {
        return new ConnectorState() {
            @Override
            public Optional<String> find(String name) {
                return Optional.ofNullable(kept.get(name));
            }

            @Override
            public void put(String name, @Nullable String value) {
                if (value == null) {
                    kept.remove(name);
                } else {
                    kept.put(name, value);
                }
            }
        };
    }

    /** The value of a name. */
    Optional<String> find(String name);

    /** Replaces a value before it returns; null removes it. */
    void put(String name, @Nullable String value);
}
