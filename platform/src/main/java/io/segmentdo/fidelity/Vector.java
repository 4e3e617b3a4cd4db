package io.segmentdo.fidelity;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One recorded exchange.
 *
 * <p>Immutable.
 *
 * @param id which one
 * @param kind single, batch, delete, testAuthentication or refreshAccessToken
 * @param action the action, where one was called
 * @param settings as Segment names them
 * @param auth tokens, likewise
 * @param mapping directives
 * @param events what came in
 * @param expected what went out
 * @param fails whether nothing was delivered in the end
 * @param delivered of each event, where that was recorded
 * @param concurrent whether the requests have no order
 * @param volatilePaths places that differ from run to run
 * @param nowMillis the time
 */
record Vector(
        String id,
        String kind,
        String action,
        Map<String, Object> settings,
        Map<String, Object> auth,
        Map<String, Object> mapping,
        List<Map<String, Object>> events,
        List<Expected> expected,
        boolean fails,
        List<Boolean> delivered,
        boolean concurrent,
        Set<String> volatilePaths,
        long nowMillis) {
    private static final String UNDEFINED = "$undefined";

    /**
     * A recorded request and its answer.
     *
     * @param method as it is
     * @param url likewise
     * @param headers by small names
     * @param bodyType json, form, text, base64 or none
     * @param body as the type says
     * @param status of the answer; 0 where the network failed
     * @param answer its body
     */
    record Expected(
            String method,
            String url,
            Map<String, Object> headers,
            String bodyType,
            @Nullable Object body,
            int status,
            @Nullable Object answer) {}

    /** The recorded test that it is part of: each call of a destination in there is a vector, {@code <test>#<number>}. */
    String test() {
        return id.replaceFirst("#\\d+$", "");
    }

    /** Whether events were delivered, rather than credentials tested or users deleted. */
    boolean isDelivery() {
        return kind.equals("single") || kind.equals("batch");
    }

    /** Reads one of a file. */
    static Vector of(Map<?, ?> raw) {
        List<Map<String, Object>> events = new ArrayList<>();
        list(raw.get("events")).forEach(event -> events.add(object(event)));
        List<Expected> expected = new ArrayList<>();
        list(raw.get("expected")).forEach(request -> expected.add(expected(object(request))));
        List<Boolean> delivered = new ArrayList<>();
        list(raw.get("multistatus"))
                .forEach(item -> delivered.add(object(item).get("status") instanceof Number status
                        && status.intValue() >= 200
                        && status.intValue() < 300));
        return new Vector(
                text(raw.get("id")),
                text(raw.get("kind")),
                text(raw.get("action")),
                object(raw.get("settings")),
                object(raw.get("auth")),
                object(raw.get("mapping")),
                List.copyOf(events),
                List.copyOf(expected),
                raw.get("expectedError") != null,
                List.copyOf(delivered),
                Boolean.TRUE.equals(raw.get("concurrent")),
                list(raw.get("volatilePaths")).stream().map(String::valueOf).collect(Collectors.toSet()),
                raw.get("nowMs") instanceof Number now ? now.longValue() : 0);
    }

    private static Expected expected(Map<String, Object> request) {
        Map<String, Object> answer = object(request.get("mockResponse"));
        boolean failed = answer.get("networkError") != null;
        return new Expected(
                text(request.get("method")),
                text(request.get("url")),
                object(request.get("headers")),
                text(request.get("bodyType")),
                request.get("body"),
                failed ? 0 : answer.get("status") instanceof Number status ? status.intValue() : 200,
                answer.get("body"));
    }

    private static String text(@Nullable Object value) {
        return Objects.toString(value, "");
    }

    private static List<?> list(@Nullable Object value) {
        return value instanceof List<?> list ? list : List.of();
    }

    /** An object without what stands for JavaScript's undefined; an empty one for anything else. */
    private static Map<String, Object> object(@Nullable Object value) {
        return defined(value) instanceof Map<?, ?> map ? named(map) : new HashMap<>();
    }

    private static Map<String, Object> named(Map<?, ?> map) {
        Map<String, Object> named = new LinkedHashMap<>();
        map.forEach((key, member) -> named.put(String.valueOf(key), member));
        return named;
    }

    private static @Nullable Object defined(@Nullable Object value) {
        if (value instanceof Map<?, ?> map) {
            if (map.size() == 1 && map.containsKey("$date")) {
                return map.get("$date");
            }
            Map<String, @Nullable Object> members = new LinkedHashMap<>();
            map.forEach((key, member) -> {
                if (!(member instanceof Map<?, ?> marked && marked.size() == 1 && marked.containsKey(UNDEFINED))) {
                    members.put(String.valueOf(key), defined(member));
                }
            });
            return members;
        }
        if (value instanceof List<?> list) {
            List<@Nullable Object> elements = new ArrayList<>();
            list.forEach(element -> elements.add(defined(element)));
            return elements;
        }
        return value;
    }
}
