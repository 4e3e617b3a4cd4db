package io.segmentdo.collect;

import io.segmentdo.event.Discard;
import io.segmentdo.event.Event;
import io.segmentdo.event.Parsed;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Iterator;

/** The answer that says what became of each event, for {@code ?verbose=true}. Pure. */
final class VerboseAnswer {
    private VerboseAnswer() {}

    static Buffer of(Parsed parsed) {
        JsonArray results = new JsonArray();
        JsonArray refused = new JsonArray();
        Iterator<Event> accepted = parsed.events().iterator();
        for (Discard discard : parsed.discards()) {
            if (discard.index() < 0) {
                refused.add(discarded(discard));
            } else {
                addUpTo(discard.index(), accepted, results);
                results.add(discarded(discard));
            }
        }
        addUpTo(Integer.MAX_VALUE, accepted, results);
        JsonObject answer = new JsonObject()
                .put("success", true)
                .put("accepted", parsed.events().size())
                .put("discarded", parsed.discarded())
                .put("events", results);
        return (refused.isEmpty() ? answer : answer.put("batch", refused.getJsonObject(0))).toBuffer();
    }

    private static void addUpTo(int index, Iterator<Event> accepted, JsonArray results) {
        while (results.size() < index && accepted.hasNext()) {
            results.add(new JsonObject()
                    .put("status", "accepted")
                    .put("messageId", accepted.next().messageId()));
        }
    }

    private static JsonObject discarded(Discard discard) {
        return new JsonObject()
                .put("status", "discarded")
                .put("reason", discard.reason().code())
                .put("message", discard.reason().explanation());
    }
}
