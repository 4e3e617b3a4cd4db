package io.segmentdo.r2;

import io.segmentdo.api.CodedAction;
import io.segmentdo.api.Delivery;
import io.segmentdo.api.DestinationContext;
import io.segmentdo.api.HttpRequest;
import io.segmentdo.api.HttpResponse;
import io.segmentdo.api.OutboundEvent;
import io.segmentdo.api.Settings;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes events of one hour as one object.
 *
 * <p>Events come again when it is not known what became of them, and then perhaps in other company. So before an object is
 * written it is noted which events are to be in it, and an event with such a note is not written again until the store
 * was asked for that object: an object is there with all of its events, or not at all.
 */
public final class WriteObject implements CodedAction {
    private @Nullable Notes notes;

    @Override
    public List<Delivery> deliver(List<OutboundEvent> batch, Settings settings, DestinationContext context)
            throws IOException, InterruptedException {
        Notes noted = notes == null ? Notes.read(context.state(), context.json()) : notes;
        notes = noted;
        List<Delivery> outcomes = new ArrayList<>(batch.size());
        List<OutboundEvent> fresh = new ArrayList<>();
        Map<String, Delivery> asked = new HashMap<>();
        for (OutboundEvent event : batch) {
            Delivery earlier = Delivery.skipped();
            for (String key : noted.keysWith(event.messageId())) {
                if (!asked.containsKey(key)) {
                    asked.put(key, find(key, settings, context));
                }
                earlier = graver(earlier, asked.get(key));
            }
            if (earlier instanceof Delivery.Skipped) {
                fresh.add(event);
            }
            outcomes.add(earlier);
        }
        asked.forEach((key, found) -> {
            if (found instanceof Delivery.Skipped) {
                noted.remove(key);
            }
        });
        if (!fresh.isEmpty()) {
            Delivery outcome = write(fresh, noted, settings, context);
            outcomes.replaceAll(earlier -> earlier instanceof Delivery.Skipped ? outcome : earlier);
        }
        return outcomes;
    }

    private static Delivery graver(Delivery a, @Nullable Delivery b) {
        return b == null || b instanceof Delivery.Skipped || a instanceof Delivery.Delivered ? a : b;
    }

    /** Delivered if an object is there, skipped if not. */
    private static Delivery find(String key, Settings settings, DestinationContext context)
            throws IOException, InterruptedException {
        HttpResponse response = context.http().send(HttpRequest.of("HEAD", uri(settings, key)));
        return response.status() == 404
                ? Delivery.skipped()
                : Answers.classify(response, context.clock().instant());
    }

    private static Delivery write(
            List<OutboundEvent> events, Notes noted, Settings settings, DestinationContext context)
            throws IOException, InterruptedException {
        FileFormat format = FileFormat.of(settings);
        String key = ObjectKey.of(events, settings.text("prefix"), settings.text("layout")) + format.extension();
        noted.put(key, events.stream().map(OutboundEvent::messageId).toList());
        HttpResponse response = context.http()
                .send(HttpRequest.of("PUT", uri(settings, key))
                        .header("Content-Type", format.mediaType())
                        .body(format.write(events, context.json())));
        return Answers.classify(response, context.clock().instant());
    }

    private static URI uri(Settings settings, String key) {
        return URI.create(settings.text("endpoint") + "/" + settings.text("bucket") + "/" + ObjectKey.encoded(key));
    }
}
