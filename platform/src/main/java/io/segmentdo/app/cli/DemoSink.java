package io.segmentdo.app.cli;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Locale;

/**
 * The webhook sink of the demo: a loopback server that prints one line per event that arrives, at most twenty a second so
 * that load does not drown the terminal.
 */
final class DemoSink implements AutoCloseable {
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm:ss.SSS", Locale.ROOT);
    private static final int LINES_PER_SECOND = 20;

    private final HttpServer server;
    private final PrintWriter terminal;
    private final InstantSource clock;
    // the one thread of the server
    private long second;
    private int lines;
    private int silent;

    private DemoSink(HttpServer server, PrintWriter terminal, InstantSource clock) {
        this.server = server;
        this.terminal = terminal;
        this.clock = clock;
    }

    static DemoSink open(PrintWriter terminal, InstantSource clock) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        DemoSink sink = new DemoSink(server, terminal, clock);
        server.createContext("/", sink::receive);
        server.start();
        return sink;
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort() + "/";
    }

    @Override
    public void close() {
        server.stop(0);
    }

    private void receive(HttpExchange exchange) throws IOException {
        try (exchange) {
            print(Buffer.buffer(exchange.getRequestBody().readAllBytes()));
            exchange.sendResponseHeaders(204, -1);
        }
    }

    private void print(Buffer body) {
        try {
            switch (Json.decodeValue(body)) {
                case JsonObject event -> print(event);
                case JsonArray events -> events.forEach(event -> print((JsonObject) event));
                default -> terminal.println("Something arrived that is no event");
            }
        } catch (DecodeException e) {
            terminal.println("Something arrived that is not JSON");
        }
        terminal.flush();
    }

    private void print(JsonObject event) {
        Instant now = clock.instant();
        if (now.getEpochSecond() != second) {
            if (silent > 0) {
                terminal.println("              … and " + silent + " more");
            }
            second = now.getEpochSecond();
            lines = 0;
            silent = 0;
        }
        if (++lines > LINES_PER_SECOND) {
            silent++;
            return;
        }
        terminal.println(line(event, now));
    }

    static String line(JsonObject event, Instant now) {
        String name = event.getString("event", event.getString("name", ""));
        String user = event.getString("userId", event.getString("anonymousId", ""));
        return "%s  %-8s  %-24s  %-24s  %s"
                .formatted(
                        TIME.format(now.atZone(ZoneId.systemDefault())),
                        event.getString("type", "?"),
                        name == null ? "" : name,
                        user == null ? "" : user,
                        delay(event, now))
                .stripTrailing();
    }

    private static String delay(JsonObject event, Instant now) {
        try {
            Instant received = Instant.parse(event.getString("receivedAt", ""));
            return Duration.between(received, now).toMillis() + " ms after it was received";
        } catch (DateTimeParseException e) {
            return "";
        }
    }
}
