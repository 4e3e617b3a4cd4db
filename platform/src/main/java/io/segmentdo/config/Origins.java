package io.segmentdo.config;

import io.segmentdo.config.Located.Text;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Where each value of a configuration was written, by the path of its key, e.g. {@code destinations[1].settings.url}.
 *
 * <p>Immutable.
 */
public final class Origins {
    private final Map<String, Located> byPath;

    private Origins(Map<String, Located> byPath) {
        this.byPath = Map.copyOf(byPath);
    }

    /** The file and line of a key, or of the nearest one above it that was written down. */
    public String where(String path) {
        String at = path;
        while (true) {
            Located found = byPath.get(at);
            if (found != null) {
                return found.where();
            }
            if (at.isEmpty()) {
                return "defaults";
            }
            at = at.substring(0, Math.max(0, Math.max(at.lastIndexOf('.'), at.lastIndexOf('['))));
        }
    }

    /** The text of a key whose value holds a reference, e.g. {@code ${env:TOKEN}}: what may be shown of it. */
    public Optional<String> reference(String path) {
        return Optional.ofNullable(byPath.get(path)).flatMap(Origins::reference);
    }

    private static Optional<String> reference(Located located) {
        return located instanceof Text text && References.isReference(text.text())
                ? Optional.of(text.text())
                : Optional.empty();
    }

    /** Collects while values are bound. */
    static final class Builder {
        private final Map<String, Located> byPath = new HashMap<>();

        void put(String path, Located located) {
            byPath.put(path, located);
        }

        Optional<Located> find(String path) {
            return Optional.ofNullable(byPath.get(path));
        }

        Optional<String> reference(String path) {
            return find(path).flatMap(Origins::reference);
        }

        Origins build() {
            return new Origins(byPath);
        }
    }
}
