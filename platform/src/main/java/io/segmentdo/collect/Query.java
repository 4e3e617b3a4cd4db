package io.segmentdo.collect;

import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpServerRequest;
import org.jspecify.annotations.Nullable;

/** The parameters in the address of a request; one that cannot be decoded has none. Pure. */
final class Query {
    private Query() {}

    static @Nullable String value(HttpServerRequest request, String name) {
        return request.query() == null ? null : all(request).get(name);
    }

    static MultiMap all(HttpServerRequest request) {
        try {
            return request.params();
        } catch (IllegalArgumentException e) {
            return MultiMap.caseInsensitiveMultiMap();
        }
    }
}
