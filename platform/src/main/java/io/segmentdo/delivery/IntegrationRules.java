package io.segmentdo.delivery;

import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Whether an event itself asks not to be sent to a destination: by its {@code integrations}, or because
 * {@code _metadata.bundled} says that the device has served it already.
 *
 * <p>Most events have no entries in either, which is found in the bytes without parsing them. Pure.
 */
final class IntegrationRules {
    private static final byte[] INTEGRATIONS = "\"integrations\"".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] BUNDLED = "\"bundled\"".getBytes(StandardCharsets.US_ASCII);

    private IntegrationRules() {}

    /**
     * Whether the event goes to the destination.
     *
     * @param json the event
     * @param event the same, parsed when it has to be
     * @param names every name by which events call the destination
     */
    static boolean allow(byte[] json, Supplier<Map<String, Object>> event, Set<String> names) {
        return !mayRefuse(json) || allow(event.get(), names);
    }

    private static boolean allow(Map<String, Object> event, Set<String> names) {
        if (event.get("_metadata") instanceof Map<?, ?> metadata
                && metadata.get("bundled") instanceof Collection<?> bundled
                && bundled.stream().anyMatch(names::contains)) {
            return false;
        }
        if (!(event.get("integrations") instanceof Map<?, ?> integrations)) {
            return true;
        }
        boolean named = false;
        for (String name : names) {
            Object value = integrations.get(name);
            if (Boolean.FALSE.equals(value)) {
                return false;
            }
            named |= value != null;
        }
        return named || !Boolean.FALSE.equals(integrations.get("All"));
    }

    /** False only when no {@code integrations} and no {@code bundled} of the document has entries. */
    static boolean mayRefuse(byte[] json) {
        for (int i = 0; i < json.length - BUNDLED.length; i++) {
            if (json[i] != '"') {
                continue;
            }
            if (json[i + 1] == 'i' && matches(json, i, INTEGRATIONS)) {
                if (!isEmpty(json, i + INTEGRATIONS.length)) {
                    return true;
                }
            } else if (json[i + 1] == 'b' && matches(json, i, BUNDLED) && !isEmpty(json, i + BUNDLED.length)) {
                return true;
            }
        }
        return false;
    }

    private static boolean matches(byte[] json, int at, byte[] name) {
        if (at + name.length > json.length) {
            return false;
        }
        for (int i = 2; i < name.length; i++) {
            if (json[at + i] != name[i]) {
                return false;
            }
        }
        return true;
    }

    /** Whether a colon and an empty object or array follow. */
    private static boolean isEmpty(byte[] json, int at) {
        int colon = skipSpace(json, at);
        int open = skipSpace(json, colon + 1);
        int close = skipSpace(json, open + 1);
        return close < json.length
                && json[colon] == ':'
                && ((json[open] == '{' && json[close] == '}') || (json[open] == '[' && json[close] == ']'));
    }

    private static int skipSpace(byte[] json, int from) {
        int at = from;
        while (at < json.length && json[at] <= ' ') {
            at++;
        }
        return at;
    }
}
