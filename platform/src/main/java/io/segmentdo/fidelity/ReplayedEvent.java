package io.segmentdo.fidelity;

import io.segmentdo.api.Json;
import io.segmentdo.api.OutboundEvent;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Map;
import java.util.Objects;

/** An event of a vector on its way to a destination. Immutable. */
record ReplayedEvent(Map<String, Object> asMap, String action, Object payload, Json jsonOf, Instant now)
        implements OutboundEvent {
    @Override
    public String messageId() {
        return text("messageId");
    }

    @Override
    public String type() {
        return text("type");
    }

    @Override
    public String profileId() {
        return "replayed";
    }

    @Override
    public Instant receivedAt() {
        try {
            return Instant.parse(text("receivedAt"));
        } catch (DateTimeParseException none) {
            return now;
        }
    }

    @Override
    public byte[] json() {
        return jsonOf.write(asMap);
    }

    @Override
    public byte[] payloadJson() {
        return jsonOf.write(payload);
    }

    private String text(String name) {
        return Objects.toString(asMap.get(name), "");
    }
}
