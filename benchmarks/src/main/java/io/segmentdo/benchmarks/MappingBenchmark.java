package io.segmentdo.benchmarks;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.segmentdo.mapping.Mapping;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * An Order Completed event with five products becomes the fields of Google Analytics' purchase: by directives, by hand,
 * and for comparison the parsing of the same event.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
public class MappingBenchmark {
    private static final TypeReference<Map<String, Object>> OBJECT = new TypeReference<>() {};
    private static final String MAPPING = """
            {"client_id": {"@if": {"exists": {"@path": "$.userId"}, "then": {"@path": "$.userId"},
                                   "else": {"@path": "$.anonymousId"}}},
             "timestamp_micros": {"@path": "$.timestamp"},
             "affiliation": {"@path": "$.properties.affiliation"},
             "coupon": {"@path": "$.properties.coupon"},
             "currency": {"@path": "$.properties.currency"},
             "items": {"@arrayPath": ["$.properties.products", {
                 "item_id": {"@path": "$.product_id"}, "item_name": {"@path": "$.name"},
                 "affiliation": {"@path": "$.affiliation"}, "coupon": {"@path": "$.coupon"},
                 "item_brand": {"@path": "$.brand"}, "item_category": {"@path": "$.category"},
                 "item_variant": {"@path": "$.variant"}, "price": {"@path": "$.price"},
                 "quantity": {"@path": "$.quantity"}}]},
             "transaction_id": {"@path": "$.properties.order_id"},
             "shipping": {"@path": "$.properties.shipping"},
             "tax": {"@path": "$.properties.tax"},
             "value": {"@path": "$.properties.total"},
             "engagement_time_msec": 1}
            """;

    private final ObjectMapper json = new ObjectMapper();
    private final byte[] bytes = event().getBytes(StandardCharsets.UTF_8);
    private Map<String, Object> event = Map.of();
    private Mapping mapping = Mapping.compile(Map.of());

    /** Compiles the mapping and checks that both ways give the same. */
    @Setup
    public void prepare() throws IOException {
        event = json.readValue(bytes, OBJECT);
        mapping = Mapping.compile(json.readValue(MAPPING, OBJECT));
        if (!byHand().equals(byDirectives())) {
            throw new IllegalStateException(byHand() + " is not " + byDirectives());
        }
    }

    private static String event() {
        var products = new ArrayList<String>();
        for (int i = 1; i <= 5; i++) {
            products.add("""
                    {"product_id": "p%d", "sku": "SKU-%d", "name": "Tour t-shirt %d", "quantity": %d, "price": 19.98,
                     "brand": "Canvas", "category": "T-Shirt", "variant": "Black", "coupon": "MOUNTAIN"}""".formatted(i, i, i, i));
        }
        return """
                {"type": "track", "event": "Order Completed", "messageId": "c3276bf1-1bd6-4472-b43d-57c82f7a705a",
                 "anonymousId": "anon-2134", "userId": "abc123", "timestamp": "2026-06-22T22:20:58.905Z",
                 "sentAt": "2026-06-22T22:20:59.000Z", "receivedAt": "2026-06-22T22:20:59.100Z",
                 "context": {"ip": "8.8.8.8", "locale": "en-US", "library": {"name": "analytics.js", "version": "2.11.1"},
                     "page": {"path": "/academy/", "title": "Analytics Academy", "url": "https://example.com/academy/"},
                     "userAgent": "Mozilla/5.0 (iPhone; CPU iPhone OS 9_1 like Mac OS X) AppleWebKit/601.1.46"},
                 "properties": {"affiliation": "Online Store", "order_id": "5678dd9087-78", "coupon": "SUMMER_FEST",
                     "currency": "EUR", "revenue": 5.99, "shipping": 1.5, "tax": 3, "total": 24.48,
                     "products": [%s]}}""".formatted(String.join(",", products));
    }

    /** By compiled directives. */
    @org.openjdk.jmh.annotations.Benchmark
    public @Nullable Object byDirectives() {
        return mapping.apply(event);
    }

    /** By Java that does nothing else. */
    @org.openjdk.jmh.annotations.Benchmark
    public Object byHand() {
        var result = new LinkedHashMap<String, Object>();
        Object userId = event.get("userId");
        put(result, "client_id", userId != null ? userId : event.get("anonymousId"));
        put(result, "timestamp_micros", event.get("timestamp"));
        if (event.get("properties") instanceof Map<?, ?> properties) {
            put(result, "affiliation", properties.get("affiliation"));
            put(result, "coupon", properties.get("coupon"));
            put(result, "currency", properties.get("currency"));
            if (properties.get("products") instanceof List<?> products) {
                result.put("items", items(products));
            }
            put(result, "transaction_id", properties.get("order_id"));
            put(result, "shipping", properties.get("shipping"));
            put(result, "tax", properties.get("tax"));
            put(result, "value", properties.get("total"));
        }
        result.put("engagement_time_msec", 1);
        return result;
    }

    private static List<Object> items(List<?> products) {
        var items = new ArrayList<Object>(products.size());
        for (Object product : products) {
            var item = new LinkedHashMap<String, Object>();
            if (product instanceof Map<?, ?> members) {
                put(item, "item_id", members.get("product_id"));
                put(item, "item_name", members.get("name"));
                put(item, "affiliation", members.get("affiliation"));
                put(item, "coupon", members.get("coupon"));
                put(item, "item_brand", members.get("brand"));
                put(item, "item_category", members.get("category"));
                put(item, "item_variant", members.get("variant"));
                put(item, "price", members.get("price"));
                put(item, "quantity", members.get("quantity"));
            }
            items.add(item);
        }
        return items;
    }

    private static void put(Map<String, Object> target, String key, @Nullable Object value) {
        if (value != null) {
            target.put(key, value);
        }
    }

    /** What comes before any mapping: reading the event's JSON. */
    @org.openjdk.jmh.annotations.Benchmark
    public Object parse() throws IOException {
        return json.readValue(bytes, OBJECT);
    }
}
