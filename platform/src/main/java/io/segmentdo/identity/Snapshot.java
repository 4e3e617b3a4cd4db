package io.segmentdo.identity;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.segmentdo.event.Utf8Json;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A profile as JSON for those who follow profiles by facts and cannot work out what is left of one after a part was taken
 * out. Pure.
 */
final class Snapshot {
    private static final JsonFactory JSON = new JsonFactory();

    private Snapshot() {}

    /** The profile of a root, with the traits that came by each of its members. */
    static Utf8Json of(Actor root, Function<ActorId, TraitRow> traits) {
        TraitRow all = new TraitRow();
        root.allMembers().forEach(member -> all.merge(traits.apply(member), Integer.MAX_VALUE));
        StringWriter text = new StringWriter();
        try (JsonGenerator json = JSON.createGenerator(text)) {
            json.writeStartObject();
            write(json, "userId", shown(root, ActorId.USER));
            write(json, "anonymousId", shown(root, ActorId.ANONYMOUS));
            json.writeNumberField("firstSeen", root.firstSeenMillis);
            json.writeNumberField("lastSeen", root.lastSeenMillis);
            json.writeObjectFieldStart("traits");
            for (Map.Entry<String, TraitRow.Value> entry : all.values().entrySet()) {
                json.writeObjectFieldStart(entry.getKey());
                json.writeFieldName("value");
                json.writeRawValue(new String(entry.getValue().json(), StandardCharsets.UTF_8));
                json.writeNumberField("at", entry.getValue().atMillis());
                json.writeNumberField("tie", entry.getValue().tie());
                json.writeEndObject();
            }
            json.writeEndObject();
            json.writeEndObject();
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return Utf8Json.of(text.toString());
    }

    private static void write(JsonGenerator json, String name, @Nullable ActorId id) throws IOException {
        if (id != null) {
            json.writeStringField(name, id.value());
        }
    }

    /** The identifier of a type to show: for users the one that an alias named last, else the one that joined last. */
    static @Nullable ActorId shown(Actor root, String type) {
        ActorId named = type.equals(ActorId.USER) ? root.canonical() : null;
        return named != null
                ? named
                : root.allMembers().stream()
                        .filter(member -> member.is(type))
                        .max((left, right) -> Long.compare(root.since(left), root.since(right)))
                        .orElse(null);
    }
}
