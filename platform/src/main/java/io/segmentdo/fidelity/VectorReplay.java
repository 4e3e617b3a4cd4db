package io.segmentdo.fidelity;

import io.segmentdo.api.BlockingConnector;
import io.segmentdo.api.Connector;
import io.segmentdo.api.CredentialCheck;
import io.segmentdo.api.Delivery;
import io.segmentdo.api.Descriptor;
import io.segmentdo.api.Destination;
import io.segmentdo.api.HttpConnector;
import io.segmentdo.api.HttpRequest;
import io.segmentdo.api.HttpResponse;
import io.segmentdo.api.OutboundEvent;
import io.segmentdo.api.SegmentCounterpart;
import io.segmentdo.api.Setting;
import io.segmentdo.api.Settings;
import io.segmentdo.api.SettingsException;
import io.segmentdo.api.Step;
import io.segmentdo.api.UserDeletion;
import io.segmentdo.mapping.Mapping;
import io.segmentdo.mapping.MappingException;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One vector against one destination, on the way that events take: mapping, connector, requests, outcomes. Confined to
 * its thread.
 */
final class VectorReplay {
    /** How JavaScript writes a setting that a recorded test did not give. */
    private static final String NOT_GIVEN = "undefined";

    private final Destination destination;
    private final SegmentCounterpart counterpart;
    private final Vector vector;
    private final RecordedTests tests;
    private ReplayContext context;

    VectorReplay(Destination destination, SegmentCounterpart counterpart, Vector vector, RecordedTests tests) {
        this.destination = destination;
        this.counterpart = counterpart;
        this.vector = vector;
        this.tests = tests;
        this.context = new ReplayContext(vector, state());
    }

    private Map<String, String> state() {
        Map<String, String> state = new HashMap<>();
        resolved(counterpart.state()).forEach((name, value) -> state.put(name, String.valueOf(value)));
        String token = String.valueOf(vector.auth().getOrDefault("accessToken", NOT_GIVEN));
        boolean isUsed = vector.isDelivery() || vector.expected().stream().anyMatch(request -> has(request, token));
        if (isUsed) {
            state.putIfAbsent("access-token", token);
        }
        if (vector.auth().get("refreshToken") instanceof String refresh) {
            state.putIfAbsent("refresh-token", refresh);
        }
        return state;
    }

    private static boolean has(Vector.Expected request, String token) {
        return request.headers().values().stream()
                .anyMatch(header -> String.valueOf(header).contains(token));
    }

    /** In which way it came out otherwise. */
    // The catch-all of plugin calls: whatever a plugin throws, it is a difference.
    @SuppressWarnings("CatchingUnchecked")
    Optional<String> findDifference() {
        List<Delivery> outcomes;
        try {
            outcomes = outcomes();
        } catch (SettingsException | MappingException refused) {
            outcomes = List.of(Delivery.rejected(String.valueOf(refused.getMessage())));
        } catch (IOException failed) {
            outcomes = List.of(Delivery.retry(String.valueOf(failed.getMessage())));
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
            return Optional.of("interrupted");
        } catch (Exception | LinkageError | StackOverflowError failed) {
            return Optional.of("it failed: " + failed);
        }
        String reported = outcomes.stream().distinct().toList().toString();
        return new RecordedComparison(vector)
                .findDifference(context.sent(), outcomes)
                .map(difference -> difference + "; outcome " + reported);
    }

    private List<Delivery> outcomes() throws IOException, InterruptedException {
        RecordedTests.Connected connected = tests.connect(vector, destination, settings(), () -> context);
        context = connected.context();
        Connector connector = connected.connector();
        return switch (vector.kind()) {
            case "testAuthentication" -> List.of(outcome(connector.testCredentials()));
            case "refreshAccessToken" -> {
                connector.refreshCredentials();
                yield List.of(Delivery.delivered());
            }
            case "delete" -> List.of(connector.deleteUser(new Deletion(vector)));
            default -> deliver(connector, events());
        };
    }

    private static Delivery outcome(CredentialCheck check) {
        return switch (check) {
            case CredentialCheck.Refused refused -> Delivery.unauthorized(refused.reason());
            case CredentialCheck.Accepted accepted -> Delivery.delivered();
            case CredentialCheck.Unknown unknown -> Delivery.delivered();
        };
    }

    private List<OutboundEvent> events() {
        Mapping mapping = Mapping.compile(vector.mapping());
        Instant now = Instant.ofEpochMilli(vector.nowMillis());
        String action = action();
        List<OutboundEvent> events = new ArrayList<>();
        for (Map<String, Object> event : vector.events()) {
            Map<String, Object> payload = new LinkedHashMap<>();
            if (mapping.apply(event) instanceof Map<?, ?> members) {
                members.forEach((name, value) -> payload.put(String.valueOf(name), value));
            }
            // Segment calls another function for batches; here the field decides that Segment decides by
            payload.put("enable_batching", vector.kind().equals("batch"));
            events.add(new ReplayedEvent(event, action, payload, context.json(), now));
        }
        return events;
    }

    /** Our name of the action; empty where the destination has none to choose from. */
    private String action() {
        String name = counterpart.actions().getOrDefault(vector.action(), vector.action());
        Descriptor descriptor = destination.descriptor();
        if (!descriptor.actions().isEmpty() && descriptor.findAction(name).isEmpty()) {
            throw new IllegalArgumentException("there is no action " + name);
        }
        return descriptor.actions().isEmpty() ? "" : name;
    }

    private List<Delivery> deliver(Connector connector, List<OutboundEvent> events)
            throws IOException, InterruptedException {
        int most = Math.max(1, connector.batching(destination.descriptor()).events());
        List<Delivery> outcomes = new ArrayList<>();
        for (int from = 0; from < events.size(); from += most) {
            List<OutboundEvent> batch = events.subList(from, Math.min(events.size(), from + most));
            List<Delivery> given = switch (connector) {
                case HttpConnector http -> send(http, batch);
                case BlockingConnector blocking -> blocking.deliver(batch);
            };
            for (int i = 0; i < batch.size(); i++) {
                outcomes.add(given.get(given.size() == 1 ? 0 : i));
            }
        }
        return outcomes;
    }

    private List<Delivery> send(HttpConnector connector, List<OutboundEvent> batch) {
        IdentityHashMap<OutboundEvent, Delivery> outcomes = new IdentityHashMap<>();
        for (Step step : connector.steps(batch)) {
            switch (step) {
                case Step.Settle settle -> outcomes.put(settle.event(), settle.outcome());
                case Step.Send send -> {
                    List<Delivery> given = answer(connector, send);
                    for (int i = 0; i < send.events().size(); i++) {
                        outcomes.put(send.events().get(i), given.get(given.size() == 1 ? 0 : i));
                    }
                }
            }
        }
        return batch.stream()
                .map(event -> outcomes.getOrDefault(event, Delivery.retry("no outcome")))
                .toList();
    }

    private List<Delivery> answer(HttpConnector connector, Step.Send send) {
        HttpRequest request = send.request();
        HttpResponse response;
        try {
            response = context.send(request);
        } catch (IOException failed) {
            return List.of(Delivery.retry("no response"));
        }
        return connector.outcomes(send, response);
    }

    /** Our settings, those that are required and were not given filled in. */
    private Settings settings() {
        Map<String, Object> translated = resolved(counterpart.settings());
        Map<String, Object> values = new LinkedHashMap<>();
        for (Setting setting : destination.descriptor().settings()) {
            Object value = counterpart.settings().containsKey(setting.name())
                    ? translated.get(setting.name())
                    : vector.settings().get(setting.name());
            if (value != null && !"".equals(value)) {
                values.put(setting.name(), value);
            } else if (setting.isRequired() && setting.defaultValue().isEmpty()) {
                values.put(setting.name(), placeholder(setting));
            }
        }
        return Settings.of(destination.descriptor(), values);
    }

    private static Object placeholder(Setting setting) {
        return switch (setting.type()) {
            case TEXT -> NOT_GIVEN;
            case URL -> "https://" + NOT_GIVEN;
            case INTEGER, NUMBER -> 1;
            case FLAG -> false;
            case CHOICE -> setting.choices().getFirst();
            case TEXTS -> List.of();
            case TEXT_MAP -> Map.of();
        };
    }

    private Map<String, Object> resolved(Map<String, Object> directives) {
        Map<String, Object> values = new LinkedHashMap<>();
        Object found = Mapping.compile(directives).apply(Map.of("settings", vector.settings(), "auth", vector.auth()));
        if (found instanceof Map<?, ?> members) {
            members.forEach((name, value) -> {
                if (value != null) {
                    values.put(String.valueOf(name), value);
                }
            });
        }
        return values;
    }

    private record Deletion(Vector of) implements UserDeletion {
        @Override
        public String requestId() {
            return of.id();
        }

        @Override
        public Optional<String> userId() {
            return text("userId");
        }

        @Override
        public List<String> anonymousIds() {
            return text("anonymousId").stream().toList();
        }

        @Override
        public Optional<String> email() {
            return text("email");
        }

        private Optional<String> text(String name) {
            return of.events().stream()
                    .map(event -> event.get(name))
                    .filter(String.class::isInstance)
                    .map(String.class::cast)
                    .findFirst();
        }
    }
}
