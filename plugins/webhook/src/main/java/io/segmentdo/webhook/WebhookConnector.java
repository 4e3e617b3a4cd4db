package io.segmentdo.webhook;

import io.segmentdo.api.Batching;
import io.segmentdo.api.Delivery;
import io.segmentdo.api.Descriptor;
import io.segmentdo.api.HttpConnector;
import io.segmentdo.api.HttpRequest;
import io.segmentdo.api.HttpResponse;
import io.segmentdo.api.OutboundEvent;
import io.segmentdo.api.ResponseClasses;
import io.segmentdo.api.Settings;
import io.segmentdo.api.Step;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** One webhook. Confined to its thread. */
final class WebhookConnector implements HttpConnector {
    private final HttpRequest template;
    private final Batching batching;
    private final Optional<Signer> signer;
    private final InstantSource clock;

    WebhookConnector(Settings settings, Map<String, String> headers, InstantSource clock) {
        Map<String, String> all = new LinkedHashMap<>();
        all.put("Content-Type", "application/json");
        all.put("User-Agent", "segment.do");
        headers.forEach((name, value) -> {
            all.keySet().removeIf(name::equalsIgnoreCase);
            all.put(name, value);
        });
        this.template =
                HttpRequest.of(settings.text("method"), settings.url("url")).headers(all);
        this.batching = new Batching(
                Math.toIntExact(settings.integer("batchSize")),
                settings.integer("batchBytes"),
                Duration.ofMillis(settings.integer("batchLingerMillis")));
        this.signer = settings.findText("sharedSecret")
                .map(secret -> new Signer(Signature.named(settings.text("signature")), secret, clock));
        this.clock = clock;
    }

    @Override
    public Batching batching(Descriptor descriptor) {
        return batching;
    }

    @Override
    public List<Step> steps(List<OutboundEvent> batch) {
        if (batching.gathers()) {
            return List.of(Step.send(request(array(batch), batch.getFirst()), batch));
        }
        return batch.stream()
                .<Step>map(event -> Step.send(
                        request(event.payloadJson(), event).header("Idempotency-Key", ascii(event.messageId())), event))
                .toList();
    }

    @Override
    public List<Delivery> outcomes(Step.Send step, HttpResponse response) {
        return List.of(ResponseClasses.classify(response, clock.instant()));
    }

    private HttpRequest request(byte[] body, OutboundEvent first) {
        HttpRequest request = template.body(body);
        return signer.map(s -> request.headers(s.sign(body, first.payloadJson())))
                .orElse(request);
    }

    private static byte[] array(List<OutboundEvent> events) {
        List<byte[]> parts = events.stream().map(OutboundEvent::payloadJson).toList();
        int length = parts.stream().mapToInt(part -> part.length + 1).sum() + 1;
        byte[] array = new byte[length];
        array[0] = '[';
        int at = 1;
        for (byte[] part : parts) {
            System.arraycopy(part, 0, array, at, part.length);
            at += part.length;
            array[at++] = ',';
        }
        array[length - 1] = ']';
        return array;
    }

    /** Message ids are the senders' own; what a header cannot carry becomes a question mark. */
    private static String ascii(String messageId) {
        StringBuilder text = new StringBuilder(messageId.length());
        messageId.chars().forEach(c -> text.append(c > ' ' && c < 127 ? (char) c : '?'));
        return text.toString();
    }
}
