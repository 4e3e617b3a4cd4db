package io.segmentdo.profile;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.segmentdo.problem.PlatformException;
import io.segmentdo.problem.Problem;
import io.segmentdo.rest.Endpoint;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import java.util.Base64;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Which part of a list is asked for: at most so many items behind the one that the page before ended with.
 *
 * <p>Immutable.
 *
 * @param url the request, which the cursor names
 * @param limit how many items
 * @param after the key of the last item of the page before, null for the first page
 */
record Paging(String url, int limit, @Nullable String after) {
    /** A page with the cursor that says how to go on. */
    record Page<T>(List<T> items, JsonObject cursor) {}

    /** Reads {@code limit} and the cursor, which clients send as {@code cursor} or {@code next}. */
    static Paging of(RoutingContext context, int limitDefault, int limitMax) {
        int limit = Endpoint.parameter(context, "limit", limitDefault, 1, limitMax);
        String cursor = context.request().getParam("cursor");
        String next = cursor == null ? context.request().getParam("next") : cursor;
        return new Paging(context.request().uri(), limit, next == null || next.isEmpty() ? null : decode(next));
    }

    private static String decode(String cursor) {
        try {
            return new String(Base64.getUrlDecoder().decode(cursor), UTF_8);
        } catch (IllegalArgumentException e) {
            throw new PlatformException(
                    Problem.INVALID_REQUEST, "cursor: " + cursor + " (expected: the cursor.next of an answer)", e);
        }
    }

    /** The page of a list that is in the order of its keys. */
    <T> Page<T> cut(List<T> all, Function<T, String> key) {
        List<T> rest = after == null
                ? all
                : all.stream()
                        .filter(item -> key.apply(item).compareTo(after) > 0)
                        .toList();
        List<T> items = rest.subList(0, Math.min(limit, rest.size()));
        return page(items, rest.size() > limit ? key.apply(items.getLast()) : null);
    }

    /**
     * Items that are a page already.
     *
     * @param last the key of the last one when there are more behind it, else null
     */
    <T> Page<T> page(List<T> items, @Nullable String last) {
        JsonObject cursor = new JsonObject().put("url", url).put("has_more", last != null);
        if (last != null) {
            cursor.put("next", Base64.getUrlEncoder().withoutPadding().encodeToString(last.getBytes(UTF_8)));
        }
        return new Page<>(items, cursor.put("limit", limit));
    }
}
