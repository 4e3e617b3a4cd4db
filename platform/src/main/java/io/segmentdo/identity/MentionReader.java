package io.segmentdo.identity;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.segmentdo.event.Event;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Finds the identifiers of an event by the paths of the rules, in one pass over its bytes and only when one of the names
 * on the paths occurs in them at all. Safe for concurrent use.
 */
final class MentionReader {
    private static final JsonFactory JSON = new JsonFactory();
    private static final List<String> FREQUENT = List.of("context", "traits", "properties", "integrations", "id");
    private static final String EXTERNAL_IDS = "externalIds";

    /** A step of the paths: what may follow, and whose value stands here. */
    private static final class Step {
        private final Map<String, Step> next = new HashMap<>();
        private final List<IdentifierRule> rules = new ArrayList<>();
    }

    private final CompiledRules rules;
    private final Step root = new Step();
    private final Needles needles;

    MentionReader(CompiledRules rules, List<IdentifierRule> identifiers) {
        this.rules = rules;
        List<String> names = new ArrayList<>(List.of(EXTERNAL_IDS));
        for (IdentifierRule rule : identifiers) {
            for (String path : rule.effectivePaths()) {
                List<String> steps = List.of(path.split("\\."));
                names.add(rarest(steps));
                Step step = root;
                for (String name : steps) {
                    step = step.next.computeIfAbsent(name, key -> new Step());
                }
                step.rules.add(rule);
            }
        }
        root.next.computeIfAbsent("context", key -> new Step()).next.computeIfAbsent("device", key -> new Step());
        this.needles = new Needles(names);
    }

    private static String rarest(List<String> steps) {
        return steps.stream()
                .filter(name -> !FREQUENT.contains(name))
                .reduce((left, right) -> left.length() > right.length() ? left : right)
                .orElse(steps.getLast());
    }

    /**
     * The identifiers of an event.
     *
     * @param stop its first stop, which is one of them unless it names nobody
     * @throws UncheckedIOException when its JSON is broken
     */
    Mentions read(Event event, ActorId stop) {
        ActorId user = id(event, ActorId.USER, event.userId(), stop);
        ActorId device = id(event, ActorId.ANONYMOUS, event.anonymousId(), stop);
        if (!needles.occurIn(event.json().bytes())) {
            return new Mentions(user, device, List.of());
        }
        Pass pass = new Pass(event);
        try (JsonParser parser = JSON.createParser(event.json().bytes())) {
            if (parser.nextToken() == JsonToken.START_OBJECT) {
                pass.object(parser, root);
            }
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
        return new Mentions(user, device, pass.found(user, device));
    }

    private @Nullable ActorId id(Event event, String type, @Nullable String value, ActorId stop) {
        if (value == null || !rules.allows(type, value)) {
            return null;
        }
        return stop.is(type) ? stop : ActorId.of(event.workspace(), type, value);
    }

    /** One pass over one event. */
    private final class Pass {
        private record Candidate(IdentifierRule rule, String value) {}

        private final Event event;
        private final List<ActorId> ids = new ArrayList<>();
        private final List<Candidate> candidates = new ArrayList<>();
        private String deviceType = "";
        private boolean isTrackingAllowed;

        Pass(Event event) {
            this.event = event;
        }

        void object(JsonParser parser, Step step) throws IOException {
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String name = parser.currentName();
                JsonToken value = parser.nextToken();
                Step next = step.next.get(name);
                if (value == JsonToken.START_OBJECT && next != null) {
                    object(parser, next);
                } else if (value == JsonToken.START_ARRAY && isContext(step) && name.equals(EXTERNAL_IDS)) {
                    externalIds(parser);
                } else if (value.isStructStart()) {
                    parser.skipChildren();
                } else {
                    scalar(parser, step, name, next);
                }
            }
        }

        private void scalar(JsonParser parser, Step step, String name, @Nullable Step next) throws IOException {
            JsonToken value = parser.currentToken();
            boolean isId = value == JsonToken.VALUE_STRING || value.isNumeric();
            if (next != null && !next.rules.isEmpty() && isId) {
                for (IdentifierRule rule : next.rules) {
                    candidates.add(new Candidate(rule, parser.getText()));
                }
            } else if (name.equals("type") && isDevice(step)) {
                deviceType = Objects.requireNonNullElse(parser.getText(), "").toLowerCase(Locale.ROOT);
            } else if (name.equals("adTrackingEnabled") && isDevice(step)) {
                isTrackingAllowed = value == JsonToken.VALUE_TRUE;
            }
        }

        @SuppressWarnings("ReferenceEquality") // steps are places, each of which exists once
        private boolean isContext(Step step) {
            return root.next.get("context") == step;
        }

        @SuppressWarnings("ReferenceEquality") // see above
        private boolean isDevice(Step step) {
            Step context = root.next.get("context");
            return context != null && context.next.get("device") == step;
        }

        private void externalIds(JsonParser parser) throws IOException {
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                if (parser.currentToken() != JsonToken.START_OBJECT) {
                    parser.skipChildren();
                    continue;
                }
                Map<String, String> fields = new HashMap<>();
                while (parser.nextToken() == JsonToken.FIELD_NAME) {
                    String name = parser.currentName();
                    if (parser.nextToken().isScalarValue()) {
                        fields.put(name, parser.getText());
                    }
                    parser.skipChildren();
                }
                String type = fields.getOrDefault("type", "").toLowerCase(Locale.ROOT);
                if (fields.getOrDefault("collection", "users").equals("users")
                        && !type.isEmpty()
                        && type.length() <= 100
                        && type.charAt(0) != '$'
                        && type.indexOf('\0') < 0) {
                    add(type, fields.getOrDefault("id", ""));
                }
            }
        }

        List<ActorId> found(@Nullable ActorId user, @Nullable ActorId device) {
            for (Candidate candidate : candidates) {
                String wanted = candidate.rule.deviceType();
                boolean isAdvertising = candidate.rule.type().endsWith(".idfa");
                if ((wanted.isEmpty() || wanted.equals(deviceType)) && (isTrackingAllowed || !isAdvertising)) {
                    add(candidate.rule.type(), candidate.value);
                }
            }
            return ids.stream()
                    .distinct()
                    .filter(id -> !id.equals(user) && !id.equals(device))
                    .sorted(rules.byPriority())
                    .limit(Mentions.OTHERS_MAX)
                    .toList();
        }

        private void add(String type, String value) {
            ActorId id = ActorId.seen(event.workspace(), type, value);
            if (rules.allows(type, id.value())) {
                ids.add(id);
            }
        }
    }
}
