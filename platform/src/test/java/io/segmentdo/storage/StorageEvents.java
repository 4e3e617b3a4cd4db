package io.segmentdo.storage;

import io.segmentdo.api.Delivery;
import io.segmentdo.api.OutboundEvent;
import io.segmentdo.testkit.TestContext;
import io.segmentdo.testkit.TestEvent;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** Events for the tests of storage destinations, and what their tests say of outcomes and JSON. Pure. */
final class StorageEvents {
    static final String TIME = "2026-01-02T03:04:05.678Z";

    private StorageEvents() {}

    /** A track call with these properties. */
    static OutboundEvent track(int number, String event, Map<String, Object> properties) {
        Map<String, Object> fields =
                new LinkedHashMap<>(TestEvent.of("track", number).asMap());
        fields.put("event", event);
        fields.put("receivedAt", TIME);
        fields.put("context", Map.of("ip", "203.0.113.7"));
        fields.put("properties", properties);
        return TestEvent.of(fields);
    }

    /** The outcomes as words. */
    static String words(List<Delivery> outcomes) {
        return outcomes.stream()
                .map(outcome -> outcome.getClass().getSimpleName().toLowerCase(Locale.ROOT))
                .collect(Collectors.joining(" "));
    }

    static String json(Object value) {
        return text(new TestContext().json().write(value));
    }

    static Map<?, ?> object(byte[] json) {
        return (Map<?, ?>) new TestContext().json().read(json);
    }

    static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
