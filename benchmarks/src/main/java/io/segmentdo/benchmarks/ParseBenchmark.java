package io.segmentdo.benchmarks;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import io.segmentdo.event.Arrival;
import io.segmentdo.event.EventLimits;
import io.segmentdo.event.EventParser;
import io.segmentdo.event.EventType;
import io.segmentdo.event.Origin;
import io.segmentdo.event.Parsed;
import io.segmentdo.event.Scan;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * The body of a browser's track call of 0.9 KB, and a batch of a hundred of them, become enriched events, in both steps
 * and in the second alone; for comparison a bare pass over the tokens, and a tree that is read and written again.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
public class ParseBenchmark {
    private static final int EVENTS = 100;
    private static final JsonFactory TOKENS = new JsonFactory();
    private static final Origin ORIGIN = new Origin("acme", "site", "browser", true);

    private final EventParser parser = new EventParser(EventLimits.DEFAULT, () -> "made-here");
    private final byte[] call = event().getBytes(StandardCharsets.UTF_8);
    private final byte[] batch = ("{\"batch\":[" + event() + ("," + event()).repeat(EVENTS - 1)
                    + "],\"sentAt\":\"2026-11-23T10:00:00.000Z\"}")
            .getBytes(StandardCharsets.UTF_8);

    private final Scan scanned =
            new EventParser(EventLimits.DEFAULT, () -> "made-here").scanCall(call, call.length, EventType.TRACK);

    /** The call as the collector reads it. */
    @org.openjdk.jmh.annotations.Benchmark
    public Parsed parseCall() {
        return enriched(parser.scanCall(call, call.length, EventType.TRACK));
    }

    /** The call, which was read before, is checked and enriched. */
    @org.openjdk.jmh.annotations.Benchmark
    public Parsed enrichCall() {
        return enriched(scanned);
    }

    /** The call's tokens, nothing else. */
    @org.openjdk.jmh.annotations.Benchmark
    public int tokensOfCall() throws IOException {
        return tokens(call);
    }

    /** The call as a tree and back, without any of the checks. */
    @org.openjdk.jmh.annotations.Benchmark
    public Buffer treeOfCall() {
        JsonObject tree = new JsonObject(Buffer.buffer(call));
        tree.remove("writeKey");
        tree.getJsonObject("context").put("ip", "203.0.113.9");
        tree.put("originalTimestamp", tree.getString("timestamp")).put("receivedAt", "2026-11-23T10:00:00.000Z");
        return tree.toBuffer();
    }

    /** A hundred events as the collector reads them. */
    @org.openjdk.jmh.annotations.Benchmark
    public Parsed parseBatch() {
        return enriched(parser.scanBatch(batch, batch.length));
    }

    /** The batch's tokens, nothing else. */
    @org.openjdk.jmh.annotations.Benchmark
    public int tokensOfBatch() throws IOException {
        return tokens(batch);
    }

    private static Parsed enriched(Scan scan) {
        return switch (scan) {
            case Scan.Understood understood -> understood.enrich(Arrival.of(ORIGIN, "203.0.113.9", 1_763_892_000_000L));
            case Scan.Malformed malformed -> throw new IllegalStateException(malformed.detail());
        };
    }

    private static int tokens(byte[] json) throws IOException {
        int count = 0;
        try (JsonParser tokens = TOKENS.createParser(json)) {
            while (tokens.nextToken() != null) {
                count++;
            }
        }
        return count;
    }

    private static String event() {
        return """
            {"timestamp":"2026-11-23T09:59:59.123Z","integrations":{},"type":"track","event":"Order Completed",\
            "properties":{"order_id":"50314b8e9bcf000000000000","total":27.50,"revenue":25.00,"shipping":3,"tax":2,\
            "currency":"USD","products":[{"product_id":"507f1f77bcf86cd799439011","sku":"45790-32","name":"Monopoly",\
            "price":19,"quantity":1,"category":"Games"}]},"context":{"page":{"path":"/checkout/done","referrer":\
            "https://shop.example/checkout","search":"","title":"Thank you","url":"https://shop.example/checkout/done"},\
            "userAgent":"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36",\
            "locale":"en-US","library":{"name":"analytics.js","version":"npm:next-1.84.3"},"timezone":"Europe/Berlin"},\
            "messageId":"ajs-next-1763892000000-8a9d3a1e-6a5c-4f0e-9f5e-2f5c4b9b1c2d","userId":"user-8812",\
            "anonymousId":"3c5b0c3e-5d3f-4f0a-8c68-0a2f6d3f7b11","writeKey":"wk","sentAt":"2026-11-23T10:00:00.000Z"}\
            """;
    }
}
