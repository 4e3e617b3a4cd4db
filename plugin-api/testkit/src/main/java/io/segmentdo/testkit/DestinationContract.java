package io.segmentdo.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.segmentdo.api.BlockingConnector;
import io.segmentdo.api.Connector;
import io.segmentdo.api.Delivery;
import io.segmentdo.api.Descriptor;
import io.segmentdo.api.Destination;
import io.segmentdo.api.HttpConnector;
import io.segmentdo.api.HttpRequest;
import io.segmentdo.api.OutboundEvent;
import io.segmentdo.api.Setting;
import io.segmentdo.api.Settings;
import io.segmentdo.api.SettingsException;
import io.segmentdo.api.Step;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What the platform relies on. The test class of a destination extends this, names its fixture and the capabilities that
 * the destination lacks; all others are expected.
 */
@SuppressWarnings("NullAway") // tests hand in and look for null on purpose
public abstract class DestinationContract {
    private static final List<String> TYPES = List.of("track", "identify", "page", "screen", "group", "alias");

    /** The destination with settings that work. */
    protected abstract Fixture fixture();

    /** What the destination does not do. */
    protected Set<Capability> lacking() {
        return Set.of();
    }

    @Test
    void theDescriptorIsComplete() {
        Descriptor descriptor = fixture().destination().descriptor();

        assertThat(descriptor.name()).isNotBlank();
        assertThat(descriptor.description()).endsWith(".");
        assertThat(descriptor.settings())
                .allSatisfy(setting -> assertThat(setting.label()).isNotBlank())
                .allSatisfy(setting -> assertThat(setting.help()).endsWith("."));
    }

    @Test
    void itIsFoundAsAService() {
        Destination destination = fixture().destination();

        assertThat(ServiceLoader.load(Destination.class, destination.getClass().getClassLoader()))
                .anySatisfy(found -> assertThat(found).isExactlyInstanceOf(destination.getClass()));
    }

    @Test
    void everyRequiredSettingIsAskedForByName() {
        Descriptor descriptor = fixture().destination().descriptor();
        for (Setting setting : descriptor.settings()) {
            if (setting.isRequired() && setting.defaultValue().isEmpty()) {
                Map<String, Object> incomplete =
                        fixture().without(setting.name()).settings();

                assertThatThrownBy(() -> Settings.of(descriptor, incomplete))
                        .isInstanceOf(SettingsException.class)
                        .hasMessageContaining(setting.name());
            }
        }
    }

    @Test
    void everyEventOfABatchAppearsInExactlyOneStep() {
        try (Connector connector = fixture().connect()) {
            List<OutboundEvent> batch = batch(connector);

            List<OutboundEvent> answered = switch (connector) {
                case HttpConnector http -> eventsOf(http.steps(batch));
                case BlockingConnector blocking -> {
                    assertThat(blocking.deliver(batch).size()).isIn(1, batch.size());
                    yield batch;
                }
            };

            assertThat(answered).containsExactlyInAnyOrderElementsOf(batch);
        }
    }

    @Test
    void theSameEventsMakeTheSameRequests() {
        try (Connector connector = fixture().connect()) {
            assumeTrue(connector instanceof HttpConnector, "makes no requests");
            HttpConnector http = (HttpConnector) connector;
            List<OutboundEvent> batch = batch(connector);

            assertThat(describe(http.steps(batch))).isEqualTo(describe(http.steps(batch)));
        }
    }

    @Test
    void everyTypeOfEventIsTaken() {
        expects(Capability.TAKES_EVERY_TYPE);
        for (String type : TYPES) {
            assertThat(sent(TestEvent.of(type, 1))).as(type).isNotEmpty();
        }
    }

    @Test
    void theMessageIdReachesTheOtherSide() {
        expects(Capability.SENDS_MESSAGE_ID);
        for (Step.Send send : sent(TestEvent.of("track", 7))) {
            assertThat(describe(send.request())).contains("message-7");
        }
    }

    @Test
    void noSecretIsInAUrl() {
        expects(Capability.KEEPS_SECRETS_OUT_OF_URLS);
        Settings settings =
                Settings.of(fixture().destination().descriptor(), fixture().settings());
        for (Step.Send send : sent(TestEvent.of("track", 1))) {
            assertThat(settings.secretTexts())
                    .noneMatch(secret -> send.request().uri().toString().contains(secret));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {200, 201, 202, 204})
    void successDelivers(int status) {
        expects(Capability.STANDARD_RESPONSES);
        assertThat(outcomes(TestResponse.of(status))).allMatch(Delivery.Delivered.class::isInstance);
    }

    @ParameterizedTest
    @ValueSource(ints = {401, 403})
    void refusedCredentialsAreSaidToBeThat(int status) {
        expects(Capability.STANDARD_RESPONSES);
        assertThat(outcomes(TestResponse.of(status))).allMatch(Delivery.Unauthorized.class::isInstance);
    }

    @ParameterizedTest
    @ValueSource(ints = {408, 429, 500, 502, 503, 504})
    void whatMayPassIsTriedAgain(int status) {
        expects(Capability.STANDARD_RESPONSES);
        assertThat(outcomes(TestResponse.of(status))).allMatch(Delivery.Retry.class::isInstance);
    }

    @ParameterizedTest
    @ValueSource(ints = {429, 503})
    void aNamedDelayIsHonoured(int status) {
        expects(Capability.STANDARD_RESPONSES);
        assertThat(outcomes(TestResponse.of(status).header("retry-after", "7")))
                .allSatisfy(outcome -> assertThat(outcome)
                        .isInstanceOfSatisfying(
                                Delivery.RetryAfter.class,
                                later -> assertThat(later.delay()).isEqualTo(Duration.ofSeconds(7))));
    }

    @ParameterizedTest
    @ValueSource(ints = {301, 400, 404, 422})
    void whatWillNeverWorkIsRejected(int status) {
        expects(Capability.STANDARD_RESPONSES);
        assertThat(outcomes(TestResponse.of(status))).allMatch(Delivery.Rejected.class::isInstance);
    }

    @Test
    void noAnswerIsTooStrange() {
        long seed = Long.getLong("seed", 42);
        Random random = new Random(seed);
        for (int i = 0; i < 500; i++) {
            byte[] garbage = new byte[random.nextInt(200)];
            random.nextBytes(garbage);
            TestResponse response = TestResponse.of(100 + random.nextInt(500))
                    .header("Retry-After", new String(garbage, StandardCharsets.ISO_8859_1))
                    .body(garbage);

            assertThat(outcomes(response)).as("seed %d, round %d", seed, i).isNotNull();
        }
    }

    private void expects(Capability capability) {
        assumeTrue(!lacking().contains(capability), "lacks " + capability);
    }

    /** What the connector makes of a response to the request for one event; empty where it sends none. */
    private List<Delivery> outcomes(TestResponse response) {
        try (Connector connector = fixture().connect()) {
            if (!(connector instanceof HttpConnector http)) {
                return List.of();
            }
            List<Delivery> outcomes = new ArrayList<>();
            for (Step step : http.steps(List.of(TestEvent.of("track", 1)))) {
                if (step instanceof Step.Send send) {
                    List<Delivery> own = http.outcomes(send, response);
                    assertThat(own.size()).isIn(1, send.events().size());
                    outcomes.addAll(own);
                }
            }
            return outcomes;
        }
    }

    private List<Step.Send> sent(OutboundEvent event) {
        try (Connector connector = fixture().connect()) {
            assumeTrue(connector instanceof HttpConnector, "makes no requests");
            return ((HttpConnector) connector)
                    .steps(List.of(event)).stream()
                            .filter(Step.Send.class::isInstance)
                            .map(Step.Send.class::cast)
                            .toList();
        }
    }

    private List<OutboundEvent> batch(Connector connector) {
        int size = Math.min(
                connector.batching(fixture().destination().descriptor()).events(), 12);
        return IntStream.range(0, size)
                .<OutboundEvent>mapToObj(i -> TestEvent.of(TYPES.get(i % TYPES.size()), i))
                .toList();
    }

    private static List<OutboundEvent> eventsOf(List<Step> steps) {
        List<OutboundEvent> events = new ArrayList<>();
        for (Step step : steps) {
            switch (step) {
                case Step.Send send -> events.addAll(send.events());
                case Step.Settle settle -> events.add(settle.event());
            }
        }
        return events;
    }

    private static List<String> describe(List<Step> steps) {
        return steps.stream()
                .map(step -> switch (step) {
                    case Step.Send send -> describe(send.request());
                    case Step.Settle settle -> settle.outcome().toString();
                })
                .toList();
    }

    private static String describe(HttpRequest request) {
        String body = new String(request.body(), StandardCharsets.UTF_8);
        return request.method() + " " + request.uri() + " " + request.headers() + " " + body;
    }
}
