package io.segmentdo.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.segmentdo.api.BlockingConnector;
import io.segmentdo.api.ConnectorState;
import io.segmentdo.api.CredentialCheck;
import io.segmentdo.api.Delivery;
import io.segmentdo.api.DestinationContext;
import io.segmentdo.api.HttpResponse;
import io.segmentdo.api.HttpSender;
import io.segmentdo.api.Json;
import io.segmentdo.api.OutboundEvent;
import io.segmentdo.fidelity.NamedDestinations;
import io.segmentdo.testkit.Fixture;
import io.segmentdo.testkit.TestContext;
import io.segmentdo.testkit.TestEvent;
import io.segmentdo.warehouse.files.S3Server;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;

/** The files that the destination {@code r2} writes into a real S3 server. */
class ObjectFilesIT {
    private static final Pattern KEY = Pattern.compile("<Key>([^<]+)</Key>");

    @TempDir
    static Path folder;

    private static S3Server server;
    private static HttpClient http;

    @BeforeAll
    static void start() throws Exception {
        server = S3Server.start(folder);
        http = HttpClient.newHttpClient();
    }

    @AfterAll
    static void stop() throws Exception {
        http.close();
        server.close();
    }

    @Test
    void aFileForEachHourHoldsItsEventsAsTheyCame() throws Exception {
        List<OutboundEvent> batch = List.of(
                event(1, "2026-01-02T03:04:05.678Z"),
                event(2, "2026-01-02T03:59:59.999Z"),
                event(3, "2026-01-02T04:00:00.000Z"));

        List<Delivery> outcomes =
                connect("hours", Map.of(), new UnreliableContext()).deliver(batch);

        assertThat(outcomes).containsOnly(Delivery.delivered());
        List<String> keys = keys("hours/");
        assertThat(keys).hasSize(2);
        assertThat(keys.get(0)).matches("hours/dt=2026-01-02/hr=03/20260102T030405678Z-[0-9a-f]{32}\\.jsonl\\.gz");
        assertThat(keys.get(1)).startsWith("hours/dt=2026-01-02/hr=04/");
        assertThat(unzipped(keys.get(0)).lines())
                .containsExactly(text(batch.get(0).json()), text(batch.get(1).json()));
    }

    @Test
    void whatComesAgainIsNotThereTwice() throws Exception {
        var context = new UnreliableContext();
        List<OutboundEvent> batch = List.of(event(1, TIME), event(2, TIME));
        BlockingConnector connector = connect("again", Map.of(), context);

        context.losesAnswers = true;
        assertThat(connector.deliver(batch)).allMatch(Delivery.Retry.class::isInstance);
        context.losesAnswers = false;
        assertThat(keys("again/")).hasSize(1);

        // after a restart, and in other company
        BlockingConnector restarted = connect("again", Map.of(), context);
        List<Delivery> outcomes = restarted.deliver(List.of(batch.get(1), event(3, TIME), batch.get(0)));

        assertThat(outcomes).containsOnly(Delivery.delivered());
        List<String> lines = new ArrayList<>();
        for (String key : keys("again/")) {
            unzipped(key).lines().forEach(lines::add);
        }
        assertThat(lines)
                .containsExactlyInAnyOrder(
                        text(batch.get(0).json()),
                        text(batch.get(1).json()),
                        text(event(3, TIME).json()));
    }

    @Test
    void whatDidNotArriveIsWrittenAgainUnderTheSameKey() throws Exception {
        var context = new UnreliableContext();
        List<OutboundEvent> batch = List.of(event(1, TIME), event(2, TIME));
        BlockingConnector connector = connect("lost", Map.of(), context);

        context.losesRequests = true;
        assertThat(connector.deliver(batch)).allMatch(Delivery.Retry.class::isInstance);
        context.losesRequests = false;
        assertThat(keys("lost/")).isEmpty();

        assertThat(connector.deliver(batch.reversed())).containsOnly(Delivery.delivered());
        assertThat(keys("lost/")).hasSize(1);
        assertThat(context.written).hasSize(2).allMatch(context.written.getFirst()::equals);
    }

    @Test
    void aFileMayBeCsv() throws Exception {
        Map<String, Object> settings = Map.of("format", "csv", "gzip", false, "layout", "plain");

        connect("table", settings, new UnreliableContext()).deliver(List.of(event(1, TIME)));

        String key = keys("table/").getFirst();
        assertThat(key).matches("table/2026/01/02/03/.*\\.csv");
        assertThat(text(get(key))).isEqualTo("""
                id,received_at,timestamp,anonymous_id,user_id,context_ip,type,event,revenue\r
                message-1,2026-01-02T03:04:05.678Z,2026-01-02T03:04:05.678Z,anonymous-1,user-1,203.0.113.7,track,\
                Order Completed,12.5\r
                """);
    }

    @Test
    void credentialsAreTestedByListing() throws Exception {
        assertThat(connect("x", Map.of(), new UnreliableContext()).testCredentials())
                .isEqualTo(CredentialCheck.accepted());
        assertThat(connect("x", Map.of("bucket", "nobodys"), new UnreliableContext())
                        .testCredentials())
                .isInstanceOf(CredentialCheck.Refused.class);
    }

    private static final String TIME = "2026-01-02T03:04:05.678Z";

    private static OutboundEvent event(int number, String receivedAt) {
        Map<String, Object> fields =
                new LinkedHashMap<>(TestEvent.of("track", number).asMap());
        fields.put("receivedAt", receivedAt);
        fields.put("context", Map.of("ip", "203.0.113.7"));
        fields.put("properties", Map.of("revenue", 12.5));
        return TestEvent.of(fields);
    }

    private static BlockingConnector connect(String prefix, Map<String, Object> more, DestinationContext context) {
        Fixture fixture = Fixture.of(NamedDestinations.read().named("r2"))
                .with("endpoint", server.endpoint().toString())
                .with("bucket", S3Server.BUCKET)
                .with("accessKeyId", "key")
                .with("secretAccessKey", "secret")
                .with("prefix", prefix);
        for (Map.Entry<String, Object> one : more.entrySet()) {
            fixture = fixture.with(one.getKey(), one.getValue());
        }
        return (BlockingConnector) fixture.connect(context);
    }

    private static List<String> keys(String prefix) throws Exception {
        String listed = text(get("?list-type=2&prefix=" + prefix));
        return KEY.matcher(listed)
                .results()
                .map(found -> found.group(1))
                .sorted()
                .toList();
    }

    private static byte[] get(String key) throws Exception {
        URI uri = URI.create(server.endpoint() + "/" + S3Server.BUCKET + (key.startsWith("?") ? "" : "/")
                + key.replace("dt=", "dt%3D").replace("hr=", "hr%3D"));
        return http.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofByteArray())
                .body();
    }

    private static String unzipped(String key) throws Exception {
        try (InputStream file = new GZIPInputStream(new ByteArrayInputStream(get(key)))) {
            return text(file.readAllBytes());
        }
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    /** Loses requests, or the answers to them, as it is told. */
    private static final class UnreliableContext implements DestinationContext {
        private final TestContext reliable = new TestContext();
        private final List<URI> written = new ArrayList<>();
        private boolean losesRequests;
        private boolean losesAnswers;

        @Override
        public HttpSender http() {
            return request -> {
                boolean isWrite = request.method().equals("PUT");
                if (isWrite) {
                    written.add(request.uri());
                }
                if (isWrite && losesRequests) {
                    throw new IOException("the request is lost");
                }
                HttpResponse response = reliable.http().send(request);
                if (isWrite && losesAnswers) {
                    throw new IOException("the answer is lost");
                }
                return response;
            };
        }

        @Override
        public ConnectorState state() {
            return reliable.state();
        }

        @Override
        public String destination() {
            return reliable.destination();
        }

        @Override
        public InstantSource clock() {
            return reliable.clock();
        }

        @Override
        public Logger logger() {
            return reliable.logger();
        }

        @Override
        public Json json() {
            return reliable.json();
        }
    }
}
