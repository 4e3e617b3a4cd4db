package io.segmentdo.collect;

import io.segmentdo.event.EventType;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What a path stands for.
 *
 * <p>Immutable.
 *
 * @param type the type of a single call, null for the others
 * @param writeKey the write key in the path of a settings document, empty for the others
 */
record Route(Kind kind, @Nullable EventType type, String writeKey) {
    enum Kind {
        CALL,
        BATCH,
        PIXEL,
        METRICS,
        SETTINGS
    }

    private static final Map<String, Route> FIXED = fixed();

    /** The route of a path, or null; a slash at the end and doubled ones do not matter. */
    static @Nullable Route find(String path) {
        Route route = FIXED.get(path);
        if (route != null) {
            return route;
        }
        String plain = plain(path);
        Route plainRoute = FIXED.get(plain);
        return plainRoute != null ? plainRoute : settings(plain);
    }

    /** All paths but those of settings, in order. */
    static SortedSet<String> paths() {
        return new TreeSet<>(FIXED.keySet());
    }

    private static Map<String, Route> fixed() {
        Map<String, Route> routes = new HashMap<>();
        for (EventType type : EventType.values()) {
            String name = type.wireName();
            Route call = new Route(Kind.CALL, type, "");
            routes.put("/v1/" + name, call);
            routes.put("/v1/" + name.substring(0, 1).toLowerCase(Locale.ROOT), call);
            routes.put("/v1/pixel/" + name, new Route(Kind.PIXEL, type, ""));
        }
        Route batch = new Route(Kind.BATCH, null, "");
        routes.put("/v1/b", batch);
        routes.put("/v1/batch", batch);
        routes.put("/v1/import", batch);
        routes.put("/v1/m", new Route(Kind.METRICS, null, ""));
        return Map.copyOf(routes);
    }

    /**
     * {@code [/v1]/projects/<write key>/settings}; some versions of the React Native SDK append {@code /<write
     * key>/settings} to an address that has it already.
     */
    private static @Nullable Route settings(String path) {
        String rest = path.startsWith("/v1/") ? path.substring(3) : path;
        String prefix = "/projects/";
        if (!rest.startsWith(prefix) || !rest.endsWith("/settings")) {
            return null;
        }
        int end = rest.indexOf('/', prefix.length());
        if (end < 0) {
            return null;
        }
        String writeKey = rest.substring(prefix.length(), end);
        String tail = rest.substring(end);
        boolean isWhole = tail.equals("/settings") || tail.equals("/settings/" + writeKey + "/settings");
        return isWhole && !writeKey.isEmpty() ? new Route(Kind.SETTINGS, null, writeKey) : null;
    }

    private static String plain(String path) {
        StringBuilder plain = new StringBuilder(path.length());
        for (int i = 0; i < path.length(); i++) {
            char c = path.charAt(i);
            boolean isRepeated = c == '/' && !plain.isEmpty() && plain.charAt(plain.length() - 1) == '/';
            if (!isRepeated) {
                plain.append(c);
            }
        }
        int length = plain.length();
        return length > 1 && plain.charAt(length - 1) == '/' ? plain.substring(0, length - 1) : plain.toString();
    }
}
