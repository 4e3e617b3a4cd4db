package io.segmentdo.collect;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.segmentdo.event.Discard;
import io.segmentdo.event.DiscardReason;
import io.segmentdo.event.EventType;
import io.segmentdo.event.Scan;
import io.segmentdo.event.Utf8Json;
import io.segmentdo.problem.PlatformException;
import io.segmentdo.spool.Spool;
import io.vertx.core.http.HttpServerRequest;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One event in the address of an image: {@code ?data=<base64 of JSON>}, or flat with dotted names.
 *
 * <p>The image is the answer whatever happens, so everything that goes wrong is counted as a discard. Confined to its
 * event loop, except the two acknowledgements of the log.
 */
final class Pixel implements Spool.Acknowledgement {
    private static final int DEPTH_MAX = 32;

    private final Desk desk;
    private final Loop loop;
    private final HttpServerRequest request;
    private @Nullable Accepted accepted;
    private final long startedNanos = System.nanoTime();

    Pixel(Desk desk, Loop loop, HttpServerRequest request) {
        this.desk = desk;
        this.loop = loop;
        this.request = request;
    }

    void open(EventType type) {
        byte[] json = json();
        Scan scan = loop.parser.scanCall(json, json.length, type);
        switch (scan) {
            case Scan.Malformed ignored -> {
                desk.lose(Desk.UNKNOWN, new Discard(0, DiscardReason.UNREADABLE, 1, Utf8Json.of("{}")));
                answer(CollectMeters.Outcome.INVALID);
            }
            case Scan.Understood understood -> take(desk.judgePixel(request, understood));
        }
    }

    private void take(Accepted taken) {
        accepted = taken;
        if (taken.parsed().events().isEmpty()) {
            desk.count(taken);
            answer(CollectMeters.Outcome.SUCCESS);
        } else {
            desk.log().append(taken.parsed().events(), this);
        }
    }

    @Override
    public void durable(long position) {
        desk.durable(Objects.requireNonNull(accepted), startedNanos);
        loop.hop(() -> answer(CollectMeters.Outcome.SUCCESS));
    }

    @Override
    public void failed(PlatformException problem) {
        String source = Objects.requireNonNull(accepted).source();
        desk.lose(source, new Discard(0, DiscardReason.NOT_STORED, 1, Utf8Json.of("{}")));
        loop.hop(() -> answer(CollectMeters.Outcome.OVERLOADED));
    }

    private void answer(CollectMeters.Outcome outcome) {
        desk.ended(outcome);
        if (Answers.isAwaited(request)) {
            desk.answers().pixel(request);
        }
    }

    private byte[] json() {
        String data = Query.value(request, "data");
        return data == null ? flat() : decoded(data);
    }

    /** Both alphabets, with or without padding; a plus sign may have become a space on the way. */
    private static byte[] decoded(String data) {
        String urlSafe = data.trim().replace(' ', '-').replace('+', '-').replace('/', '_');
        int end = urlSafe.length();
        while (end > 0 && urlSafe.charAt(end - 1) == '=') {
            end--;
        }
        try {
            return Base64.getUrlDecoder().decode(urlSafe.substring(0, end));
        } catch (IllegalArgumentException e) {
            return new byte[0];
        }
    }

    private byte[] flat() {
        ObjectNode event = JsonNodeFactory.instance.objectNode();
        for (Map.Entry<String, String> parameter : Query.all(request)) {
            String[] path = parameter.getKey().split("\\.", DEPTH_MAX);
            ObjectNode parent = event;
            for (int i = 0; i < path.length - 1; i++) {
                String step = path[i];
                parent = parent.get(step) instanceof ObjectNode known ? known : parent.putObject(step);
            }
            parent.put(path[path.length - 1], parameter.getValue());
        }
        return event.toString().getBytes(StandardCharsets.UTF_8);
    }
}
