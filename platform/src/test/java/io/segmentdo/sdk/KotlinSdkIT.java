package io.segmentdo.sdk;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.segment.analytics.kotlin.core.Analytics;
import com.segment.analytics.kotlin.core.BaseEvent;
import com.segment.analytics.kotlin.core.Configuration;
import com.segment.analytics.kotlin.core.RequestFactory;
import com.segment.analytics.kotlin.core.Settings;
import com.segment.analytics.kotlin.core.Storage;
import com.segment.analytics.kotlin.core.StorageProvider;
import com.segment.analytics.kotlin.core.TrackEvent;
import com.segment.analytics.kotlin.core.compat.ConfigurationBuilder;
import com.segment.analytics.kotlin.core.compat.JavaAnalytics;
import com.segment.analytics.kotlin.core.platform.Plugin;
import com.segment.analytics.kotlin.core.utilities.FileEventStream;
import com.segment.analytics.kotlin.core.utilities.PropertiesFile;
import com.segment.analytics.kotlin.core.utilities.StorageImpl;
import io.segmentdo.source.SourceKind;
import java.net.HttpURLConnection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import kotlinx.coroutines.CoroutineDispatcher;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sovran.kotlin.Store;

/** {@code com.segment.analytics.kotlin:core}, the SDK of apps; it has no page call. */
class KotlinSdkIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    Path home;

    @TempDir
    Path state;

    @Test
    void everyCallOfTheKotlinSdkArrivesOnce() throws Exception {
        try (RunningPlatform platform = RunningPlatform.start(home)) {
            String host = "127.0.0.1:" + platform.port() + "/v1";
            run(platform, configuration(platform).setApiHost(host).setCdnHost(host));
        }
    }

    @Test
    void theSettingsDocumentAloneLeadsTheKotlinSdkToThePlatform() throws Exception {
        try (RunningPlatform platform = RunningPlatform.start(home)) {
            run(platform, configuration(platform).setCdnHost("127.0.0.1:" + platform.port() + "/v1"));
        }
    }

    private ConfigurationBuilder configuration(RunningPlatform platform) {
        return new ConfigurationBuilder(platform.writeKey(SourceKind.MOBILE))
                .setApplication("shop")
                .setRequestFactory(new PlainHttp())
                .setFlushInterval(0)
                .setFlushAt(100);
    }

    private void run(RunningPlatform platform, ConfigurationBuilder builder) throws Exception {
        JavaAnalytics analytics = started(builder.build());
        BlockingQueue<ObjectNode> sent = new LinkedBlockingQueue<>();
        analytics.add(new Tap(Plugin.Type.After, event -> {
            sent.add(described(event));
            return event;
        }));
        List<ObjectNode> calls = calls();

        List<ObjectNode> events = new ArrayList<>();
        for (ObjectNode call : calls) {
            make(call, analytics);
            ObjectNode event = sent.poll(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
            assertThat(event).as("what the SDK made of %s", call).isNotNull();
            events.add(event);
        }
        analytics.flush();
        platform.sink().awaitEvents(calls.size(), PATIENCE);
        awaitUploads(analytics);

        Arrivals.assertExactly(platform, calls, events, "analytics-kotlin");
        analytics.getAnalytics().shutdown();
    }

    /** An SDK that has started; now and then one hangs in its own start, as an application sees it that is opened again. */
    private JavaAnalytics started(Configuration configuration) throws Exception {
        for (int opening = 1; opening < 4; opening++) {
            configuration.setStorageProvider(new StateIn(Files.createDirectory(state.resolve("opening-" + opening))));
            JavaAnalytics analytics = new JavaAnalytics(configuration);
            if (starts(analytics)) {
                return analytics;
            }
            analytics.getAnalytics().shutdown();
        }
        throw new AssertionError("the SDK did not start, three times");
    }

    /** While it starts, the SDK may lose an event. So others are made until one comes through, and held back there. */
    private static boolean starts(JavaAnalytics analytics) throws InterruptedException {
        CountDownLatch started = new CountDownLatch(1);
        analytics.add(new Tap(Plugin.Type.Enrichment, event -> {
            if (event instanceof TrackEvent track && track.getEvent().equals("Probe")) {
                started.countDown();
                return null;
            }
            return event;
        }));
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (System.nanoTime() < deadline) {
            analytics.track("Probe");
            if (started.await(20, TimeUnit.MILLISECONDS)) {
                return true;
            }
        }
        return false;
    }

    private static ObjectNode described(BaseEvent event) {
        return Calls.MAPPER
                .createObjectNode()
                .put("messageId", event.getMessageId())
                .put("userId", event.getUserId())
                .put("anonymousId", event.getAnonymousId())
                .<ObjectNode>set("context", Calls.json(event.getContext().toString()))
                .set("integrations", Calls.json(event.getIntegrations().toString()));
    }

    /** The SDK keeps a batch on disk until it was answered with success. */
    private static void awaitUploads(JavaAnalytics analytics) throws InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!analytics.pendingUploads().isEmpty()) {
            assertThat(System.nanoTime()).as("time to upload").isLessThan(deadline);
            Thread.sleep(10);
        }
    }

    /** The SDK knows itself who was aliased: whoever was identified before. */
    private static List<ObjectNode> calls() {
        List<ObjectNode> calls = new ArrayList<>(Calls.ofClient("kotlin"));
        calls.removeIf(call -> call.path("type").asText().equals("page"));
        ObjectNode alias = calls.removeFirst();
        calls.stream()
                .filter(call -> call.path("type").asText().equals("screen"))
                .forEach(call -> call.put("category", "")); // it sends one in any case
        alias.set("previousId", calls.getFirst().get("userId"));
        calls.add(alias);
        return calls;
    }

    private static void make(ObjectNode call, JavaAnalytics analytics) {
        Map<String, Object> properties = map(call.path("properties"));
        switch (call.path("type").asText()) {
            case "identify" -> analytics.identify(call.path("userId").asText(), map(call.path("traits")));
            case "track" -> analytics.track(call.path("event").asText(), properties);
            case "screen" -> analytics.screen(call.path("name").asText(), properties);
            case "group" -> analytics.group(call.path("groupId").asText(), map(call.path("traits")));
            case "alias" -> analytics.alias(call.path("userId").asText());
            default -> throw new IllegalArgumentException(call.toString());
        }
    }

    private static Map<String, Object> map(JsonNode object) {
        return object.isMissingNode() ? Map.of() : Calls.MAPPER.convertValue(object, new TypeReference<>() {});
    }

    /** The SDK knows https only; its own seam for other transports is this factory. */
    private static final class PlainHttp extends RequestFactory {
        @Override
        public HttpURLConnection openConnection(String url) {
            return super.openConnection(url.replaceFirst("^https:", "http:"));
        }
    }

    /** Keeps the SDK's queue and ids in a folder of the test's own. */
    private record StateIn(Path folder) implements StorageProvider {
        @Override
        public Storage createStorage(Object... parameters) {
            Analytics analytics = (Analytics) parameters[0];
            String writeKey = analytics.getConfiguration().getWriteKey();
            return new StorageImpl(
                    new PropertiesFile(folder.resolve("state.properties").toFile()),
                    new FileEventStream(folder.resolve("events").toFile()),
                    analytics.getStore(),
                    writeKey,
                    "segment.events.file.index." + writeKey,
                    analytics.getFileIODispatcher());
        }

        @Override
        @SuppressWarnings("deprecation") // Java has to implement it all the same
        public Storage getStorage(
                Analytics analytics, Store store, String writeKey, CoroutineDispatcher dispatcher, Object application) {
            return createStorage(analytics);
        }
    }

    /** One step in the SDK's way of an event. */
    private static final class Tap implements Plugin {
        private final Type type;
        private final UnaryOperator<BaseEvent> step;
        private Analytics analytics;

        Tap(Type type, UnaryOperator<BaseEvent> step) {
            this.type = type;
            this.step = step;
        }

        @Override
        public BaseEvent execute(BaseEvent event) {
            return step.apply(event);
        }

        @Override
        public Type getType() {
            return type;
        }

        @Override
        public Analytics getAnalytics() {
            return analytics;
        }

        @Override
        public void setAnalytics(Analytics analytics) {
            this.analytics = analytics;
        }

        @Override
        public void setup(Analytics analytics) {
            this.analytics = analytics;
        }

        @Override
        public void update(Settings settings, UpdateType updateType) {
            // does the same whatever the settings are
        }

        @Override
        public void shutdown() {
            // holds nothing
        }
    }
}
