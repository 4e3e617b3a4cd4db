package io.segmentdo.connector;

import io.segmentdo.api.HttpResponse;
import java.util.AbstractMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The headers of a response, for mappings: each can be asked for by its name, in any case, but they cannot be listed. Pure. */
final class ResponseHeaders extends AbstractMap<String, Object> {
    private final HttpResponse response;

    ResponseHeaders(HttpResponse response) {
        this.response = response;
    }

    @Override
    public @Nullable Object get(Object name) {
        return response.header(String.valueOf(name)).orElse(null);
    }

    @Override
    public boolean containsKey(Object name) {
        return get(name) != null;
    }

    @Override
    public Set<Map.Entry<String, Object>> entrySet() {
        return Set.of();
    }
}
