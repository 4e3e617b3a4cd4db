package io.segmentdo.connector;

import io.segmentdo.api.HttpRequest;
import io.segmentdo.api.OutboundEvent;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * By what a destination recognises what it has got already.
 *
 * <p>Immutable.
 *
 * @param header that carries the message id, or for several events one that is made of theirs
 * @param description a sentence for the reader, or empty
 */
record Idempotency(Optional<String> header, String description) {
    static final Idempotency NONE = new Idempotency(Optional.empty(), "");

    /** Reads {@code idempotency}: a header that is set, or a description of what the body holds. */
    static Idempotency read(YamlObject connector) {
        if (!connector.has("idempotency")) {
            return NONE;
        }
        YamlObject idempotency = connector.object("idempotency").allow("header", "description");
        Optional<String> header =
                idempotency.has("header") ? Optional.of(idempotency.text("header")) : Optional.empty();
        String described = header.map(name -> "the header " + name).orElse("");
        if (header.isEmpty() && !idempotency.has("description")) {
            idempotency.problem("header", "a header, or a description of what in the body says it");
        }
        return new Idempotency(header, idempotency.text("description", described));
    }

    HttpRequest add(HttpRequest request, List<OutboundEvent> events) {
        return header.map(name -> request.header(name, key(events))).orElse(request);
    }

    private static String key(List<OutboundEvent> events) {
        if (events.size() == 1) {
            return events.getFirst().messageId();
        }
        String all =
                String.join("\n", events.stream().map(OutboundEvent::messageId).toList());
        return UUID.nameUUIDFromBytes(all.getBytes(StandardCharsets.UTF_8)).toString();
    }
}
