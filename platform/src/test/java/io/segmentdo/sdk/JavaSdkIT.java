package io.segmentdo.sdk;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.segment.analytics.Analytics;
import com.segment.analytics.Callback;
import com.segment.analytics.messages.AliasMessage;
import com.segment.analytics.messages.GroupMessage;
import com.segment.analytics.messages.IdentifyMessage;
import com.segment.analytics.messages.Message;
import com.segment.analytics.messages.MessageBuilder;
import com.segment.analytics.messages.PageMessage;
import com.segment.analytics.messages.ScreenMessage;
import com.segment.analytics.messages.TrackMessage;
import io.segmentdo.source.SourceKind;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code com.segment.analytics.java:analytics}, pointed at the platform by its endpoint. */
class JavaSdkIT {
    @TempDir
    Path home;

    @Test
    void everyCallOfTheJavaSdkArrivesOnce() throws Exception {
        try (RunningPlatform platform = RunningPlatform.start(home)) {
            List<ObjectNode> calls = Calls.ofServer("java");
            Outcomes outcomes = new Outcomes();
            Analytics analytics = Analytics.builder(platform.writeKey(SourceKind.SERVER))
                    .endpoint("http://127.0.0.1:" + platform.port())
                    .callback(outcomes)
                    .build();

            calls.forEach(call -> analytics.enqueue(message(call)));
            analytics.flush();
            List<ObjectNode> sent = outcomes.await(calls.size());
            analytics.shutdown();

            Arrivals.assertExactly(platform, calls, sent, "analytics-java");
        }
    }

    private static MessageBuilder<?, ?> message(ObjectNode call) {
        MessageBuilder<?, ?> message = specific(call);
        message.userId(call.path("userId").asText());
        if (call.has("anonymousId")) {
            message.anonymousId(call.path("anonymousId").asText());
        }
        if (call.has("context")) {
            message.context(map(call.path("context")));
        }
        call.path("integrations").properties().forEach(integration -> {
            if (integration.getValue().isBoolean()) {
                message.enableIntegration(
                        integration.getKey(), integration.getValue().asBoolean());
            } else {
                message.integrationOptions(integration.getKey(), map(integration.getValue()));
            }
        });
        return message;
    }

    private static MessageBuilder<?, ?> specific(ObjectNode call) {
        String name = call.path("name").asText();
        Map<String, Object> properties = map(call.path("properties"));
        Map<String, Object> traits = map(call.path("traits"));
        return switch (call.path("type").asText()) {
            case "identify" -> IdentifyMessage.builder().traits(traits);
            case "track" -> TrackMessage.builder(call.path("event").asText()).properties(properties);
            case "page" ->
                PageMessage.builder(name)
                        .category(call.path("category").asText())
                        .properties(properties);
            case "screen" -> ScreenMessage.builder(name).properties(properties);
            case "group" -> GroupMessage.builder(call.path("groupId").asText()).traits(traits);
            case "alias" -> AliasMessage.builder(call.path("previousId").asText());
            default -> throw new IllegalArgumentException(call.toString());
        };
    }

    private static Map<String, Object> map(JsonNode object) {
        return object.isMissingNode() ? Map.of() : Calls.MAPPER.convertValue(object, new TypeReference<>() {});
    }

    /** What the SDK tells of each message in the end, in the order in which they were enqueued. */
    private static final class Outcomes implements Callback {
        private final BlockingQueue<Object> outcomes = new LinkedBlockingQueue<>();

        @Override
        public void success(Message message) {
            outcomes.add(Calls.MAPPER.createObjectNode().put("messageId", message.messageId()));
        }

        @Override
        public void failure(Message message, Throwable throwable) {
            outcomes.add(throwable);
        }

        List<ObjectNode> await(int count) throws InterruptedException {
            List<ObjectNode> sent = new ArrayList<>();
            while (sent.size() < count) {
                Object outcome = outcomes.poll(20, TimeUnit.SECONDS);
                assertThat(outcome).as("outcome of message %d", sent.size()).isInstanceOf(ObjectNode.class);
                sent.add((ObjectNode) outcome);
            }
            return sent;
        }
    }
}
