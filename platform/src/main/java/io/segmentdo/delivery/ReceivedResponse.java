package io.segmentdo.delivery;

import io.segmentdo.api.HttpResponse;
import io.vertx.core.MultiMap;
import java.util.Optional;

/** A response as the plugin sees it. Immutable. */
@SuppressWarnings("ArrayRecordComponent") // never compared
record ReceivedResponse(int status, MultiMap headers, byte[] body) implements HttpResponse {
    @Override
    public Optional<String> header(String name) {
        return Optional.ofNullable(headers.get(name));
    }
}
