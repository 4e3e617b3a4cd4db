package io.segmentdo.testkit;

import io.segmentdo.api.OutboundEvent;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/** An event as the platform hands it out. Immutable; each method that sets something makes another one. */
public final class TestEvent implements OutboundEvent {
    private final Map<String, Object> fields;
    private final String action;
    private final Object payload;

    private TestEvent(Map<String, Object> fields, String action, Object payload) {
        this.fields = fields;
        this.action = action;
        this.payload = payload;
    }

    /** An enriched event of a type, with ids that hold the number. */
    public static TestEvent of(String type, int number) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("type", type);
        fields.put("messageId", "message-" + number);
        fields.put("anonymousId", "anonymous-" + number);
        fields.put("userId", "user-" + number);
        switch (type) {
            case "track" -> fields.put("event", "Order Completed");
            case "page", "screen" -> fields.put("name", "Home");
            case "group" -> fields.put("groupId", "group-" + number);
            case "alias" -> fields.put("previousId", "previous-" + number);
            default -> {}
        }
        Map<String, Object> details = Map.of("email", "zoë@example.com", "revenue", 12.5);
        switch (type) {
            case "identify", "group" -> fields.put("traits", details);
            case "alias" -> {}
            default -> fields.put("properties", details);
        }
        fields.put("timestamp", "2026-01-02T03:04:05.678Z");
        fields.put("receivedAt", "2026-01-02T03:04:05.678Z");
        fields.put("context", Map.of("ip", "203.0.113.7", "library", Map.of("name", "test")));
        fields.put("integrations", Map.of());
        return of(fields);
    }

    /** The event with these fields. */
    public static TestEvent of(Map<String, Object> fields) {
        return new TestEvent(fields, "", fields);
    }

    /** The event of a JSON text. */
    public static TestEvent ofJson(byte[] json) {
        Map<String, Object> fields = new LinkedHashMap<>();
        if (TestJson.INSTANCE.read(json) instanceof Map<?, ?> map) {
            map.forEach((name, value) -> fields.put(String.valueOf(name), value));
        }
        return of(fields);
    }

    /** Taken by the subscription of this action. */
    public TestEvent action(String id) {
        return new TestEvent(fields, id, payload);
    }

    /** Mapped to this. */
    public TestEvent payload(Object mapped) {
        return new TestEvent(fields, action, mapped);
    }

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
        return "profile-of-" + messageId();
    }

    @Override
    public Instant receivedAt() {
        return Instant.parse(text("receivedAt"));
    }

    @Override
    public String action() {
        return action;
    }

    @Override
    public byte[] json() {
        return TestJson.INSTANCE.write(fields);
    }

    @Override
    public Map<String, Object> asMap() {
        return fields;
    }

    @Override
    public Object payload() {
        return payload;
    }

    @Override
    public byte[] payloadJson() {
        return TestJson.INSTANCE.write(payload);
    }

    private String text(String field) {
        return String.valueOf(fields.get(field));
    }
}
