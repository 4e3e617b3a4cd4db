package io.segmentdo.fidelity;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.segmentdo.api.ConnectorState;
import io.segmentdo.api.DestinationContext;
import io.segmentdo.api.HttpRequest;
import io.segmentdo.api.HttpResponse;
import io.segmentdo.api.HttpSender;
import io.segmentdo.api.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a connector gets during a replay: the recorded time, and the recorded answers. Confined to its thread. */
final class ReplayContext implements DestinationContext {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private final Map<String, String> state;
    private final List<Vector.Expected> unanswered = new ArrayList<>();
    private final List<HttpRequest> sent = new ArrayList<>();
    private Vector vector;

    ReplayContext(Vector vector, Map<String, String> state) {
        this.vector = vector;
        this.state = new HashMap<>(state);
        play(vector);
    }

    /** Forgets what was sent so far, and has the answers of a vector ready. */
    void play(Vector next) {
        vector = next;
        sent.clear();
        unanswered.clear();
        unanswered.addAll(next.expected());
    }

    /** Takes a request down and plays the answer back that was recorded for it, or else for the next one. */
    HttpResponse send(HttpRequest request) throws IOException {
        sent.add(request);
        if (unanswered.isEmpty()) {
            return new Answer(200, new byte[] {'{', '}'});
        }
        Vector.Expected recorded = unanswered.stream()
                .filter(expected -> Differences.sameAddress(expected, request))
                .findFirst()
                .orElse(unanswered.getFirst());
        unanswered.remove(recorded);
        if (recorded.status() == 0) {
            throw new IOException("the network failed");
        }
        Object body = recorded.answer();
        byte[] bytes = body instanceof String text
                ? text.getBytes(StandardCharsets.UTF_8)
                : body == null ? new byte[0] : json().write(body);
        return new Answer(recorded.status(), bytes);
    }

    List<HttpRequest> sent() {
        return sent;
    }

    @Override
    public String destination() {
        return "replay/" + vector.kind();
    }

    @Override
    public InstantSource clock() {
        return () -> Instant.ofEpochMilli(vector.nowMillis());
    }

    @Override
    public Logger logger() {
        return LoggerFactory.getLogger("io.segmentdo.fidelity.replay");
    }

    @Override
    public HttpSender http() {
        return this::send;
    }

    @Override
    public Json json() {
        return ReplayJson.INSTANCE;
    }

    @Override
    public ConnectorState state() {
        return ConnectorState.in(state);
    }

    private static final class Answer implements HttpResponse {
        private final int status;
        private final byte[] body;

        Answer(int status, byte[] body) {
            this.status = status;
            this.body = body;
        }

        @Override
        public int status() {
            return status;
        }

        @Override
        public Optional<String> header(String name) {
            return name.equalsIgnoreCase("content-type") ? Optional.of("application/json") : Optional.empty();
        }

        @Override
        public byte[] body() {
            return body;
        }
    }

    /** JSON as the platform reads and writes it. */
    private enum ReplayJson implements Json {
        INSTANCE;

        @Override
        public byte[] write(Object value) {
            try {
                return MAPPER.writeValueAsBytes(value);
            } catch (JsonProcessingException e) {
                throw new IllegalArgumentException(e.getOriginalMessage(), e);
            }
        }

        @Override
        public Object read(byte[] text) {
            try {
                Object value = MAPPER.readValue(text, Object.class);
                if (value == null) {
                    throw new IllegalArgumentException("null (expected: a JSON value)");
                }
                return value;
            } catch (IOException e) {
                throw new IllegalArgumentException(e.getMessage(), e);
            }
        }
    }
}
