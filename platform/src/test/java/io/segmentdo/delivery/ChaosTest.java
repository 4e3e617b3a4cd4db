package io.segmentdo.delivery;

import static io.segmentdo.delivery.Pipeline.await;
import static io.segmentdo.delivery.Pipeline.destination;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.segmentdo.api.CredentialCheck;
import io.segmentdo.connector.DeclaredDestination;
import io.segmentdo.delivery.DestinationStatus.State;
import io.segmentdo.delivery.Destinations.DeletedUser;
import io.segmentdo.destination.ConfiguredDestination;
import io.segmentdo.destination.Subscription;
import io.segmentdo.store.InMemoryStore;
import io.vertx.core.http.HttpServerRequest;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Each thing that the engine does about destinations in trouble, with a connector file and a server that makes it. */
class ChaosTest {
    private static final int OK = 200;

    private final ChaosSink sink = new ChaosSink();
    private final FakeCatalogue catalogue = new FakeCatalogue();
    private final InMemoryStore store = new InMemoryStore(8);

    @AfterEach
    void close() {
        sink.close();
    }

    @Test
    void noMoreRequestsGoInATimeThanTheConnectorSays() {
        connector("rate: {requests: 20, per: 500ms}");
        try (Pipeline pipeline = start(Quick.config())) {
            long start = System.nanoTime();
            pipeline.publish(0, 60);
            pipeline.awaitSettled();

            assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofMillis(1_400));
            assertThat(sink.accepted()).containsExactlyInAnyOrderElementsOf(messages(60));
        }
    }

    @Test
    void stepsWaitForTheirTimeToo() {
        connector("rate: {requests: 20, per: 500ms}", """
                steps:
                  - {name: one, request: {url: "{{settings.url}}", body: {json: {"@path": "$."}}}}
                  - {name: two, request: {url: "{{settings.url}}", body: {json: {"@path": "$."}}}}
                """);
        try (Pipeline pipeline = start(Quick.config().pluginTimeout(Duration.ofSeconds(2)))) {
            long start = System.nanoTime();
            pipeline.publish(0, 30);
            pipeline.awaitSettled();

            assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofMillis(1_400));
            assertThat(sink.requests()).isEqualTo(60);
        }
    }

    @Test
    void noMoreRequestsAreUnderWayThanTheConnectorSays() {
        AtomicInteger underWay = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        sink.behave((request, id, attempt) -> {
            most.accumulateAndGet(underWay.incrementAndGet(), Math::max);
            sink.later(10, () -> {
                underWay.decrementAndGet();
                ChaosSink.status(request, OK);
            });
        });
        connector("rate: {concurrency: 3}");
        try (Pipeline pipeline = start(Quick.config())) {
            pipeline.publish(0, 60);
            pipeline.awaitSettled();

            assertThat(most).hasValue(3);
            assertThat(sink.accepted()).containsExactlyInAnyOrderElementsOf(messages(60));
        }
    }

    @ParameterizedTest
    @CsvSource({"4, 50, 4", "4, 2, 2", "1, 50, 1"})
    void theRequestsOfAListGoTogetherAsFarAsStepAndRateAllow(int ofStep, int ofRate, int expected) {
        Set<HttpServerRequest> held = ConcurrentHashMap.newKeySet();
        AtomicInteger most = new AtomicInteger();
        sink.behave((request, id, attempt) -> {
            held.add(request);
            most.accumulateAndGet(held.size(), Math::max);
            if (held.size() == expected) { // as many as may be, are there: nobody waits for them in vain
                held.forEach(waiting -> ChaosSink.status(waiting, OK));
                held.clear();
            }
        });
        connector("rate: {concurrency: %d}".formatted(ofRate), """
                forEach: {list: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11], maxConcurrent: %d}
                request: {url: "{{settings.url}}", body: {json: {messageId: {"@event": messageId}, n: {"@item": true}}}}
                """.formatted(ofStep));
        try (Pipeline pipeline = start(Quick.config())) {
            pipeline.publish(0, 1);
            pipeline.awaitSettled();

            assertThat(most).hasValue(expected);
            assertThat(sink.requests()).isEqualTo(12);
            assertThat(pipeline.status("d").counts().delivered()).isEqualTo(1);
        }
    }

    @Test
    void eachActionWaitsForItsOwnBatchToFill() {
        catalogue.put(DeclaredDestination.read("chaos.yaml", """
                id: chaos
                settings: {url: {type: url, required: true}}
                request: {url: "{{settings.url}}", body: {json: {"@items": true}}}
                item: {"@path": "$."}
                actions:
                  - {name: full, subscribe: '', batch: {maxItems: 4, maxWait: 1h}}
                  - {name: soon, subscribe: '', batch: {maxItems: 100, maxWait: 5ms}}
                  - {name: atOnce, subscribe: '', batch: {maxItems: 1}}
                """));
        Subscription[] subscriptions = {
            new Subscription("properties.n > 9", "full", Map.of()),
            new Subscription("properties.n < 3", "soon", Map.of()),
            new Subscription("properties.n = 5", "atOnce", Map.of())
        };
        try (Pipeline pipeline = new Pipeline(store, catalogue, Quick.config().build())) {
            pipeline.deliveries()
                    .replaceAll(List.of(destination("d", "chaos", Map.of("url", sink.url()), subscriptions)));
            pipeline.publish(5, 6);
            pipeline.publish(10, 13);
            pipeline.publish(0, 3);
            await(() -> sink.accepted().size() == 4);
            List<String> quick = List.copyOf(sink.accepted());
            int requests = sink.requests();
            pipeline.publish(13, 14);
            pipeline.awaitSettled();

            assertThat(quick).containsExactlyInAnyOrder("m0", "m1", "m2", "m5");
            assertThat(sink.accepted()).contains("m10", "m11", "m12", "m13").hasSize(8);
            assertThat(sink.requests()).isEqualTo(requests + 1);
        }
    }

    @Test
    void whatFailedOfAListIsAllThatIsSentAgain() {
        AtomicInteger failing = new AtomicInteger(2);
        sink.behave((request, id, attempt) -> {
            if (id.equals("m3") || id.equals("m4")) {
                boolean fails = failing.getAndDecrement() > 0;
                if (fails && id.equals("m3")) {
                    request.connection().close();
                    return;
                }
                ChaosSink.status(request, fails ? 503 : OK);
                return;
            }
            ChaosSink.status(request, OK);
        });
        connector("rate: {concurrency: 50}", """
                forEach: {list: [m1, m2, m3, m4, m5], maxConcurrent: 2}
                request: {url: "{{settings.url}}", body: {json: {messageId: {"@item": true}}}}
                """);
        try (Pipeline pipeline = start(Quick.config())) {
            pipeline.publish(0, 1);
            pipeline.awaitSettled();

            assertThat(sink.accepted()).containsExactlyInAnyOrder("m1", "m2", "m3", "m4", "m5");
            assertThat(sink.requests()).isEqualTo(7);
        }
    }

    /** How a delay may be written. */
    enum Delay {
        SECONDS,
        DATE,
        VENDOR_EPOCH,
        VENDOR_ISO;

        void write(HttpServerRequest request) {
            Instant then = Instant.now().plusSeconds(2);
            switch (this) {
                case SECONDS -> request.response().putHeader("Retry-After", "2");
                case DATE ->
                    request.response()
                            .putHeader(
                                    "Retry-After",
                                    DateTimeFormatter.RFC_1123_DATE_TIME.format(then.atOffset(ZoneOffset.UTC)));
                case VENDOR_EPOCH -> request.response().putHeader("X-Reset", String.valueOf(then.toEpochMilli() / 1e3));
                case VENDOR_ISO -> request.response().putHeader("X-Reset", then.toString());
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Delay.class)
    void aDelayThatIsNamedIsWaitedForByAllEvents(Delay delay) {
        AtomicBoolean isBusy = new AtomicBoolean(true);
        AtomicLong next = new AtomicLong();
        sink.behave((request, id, attempt) -> {
            if (isBusy.getAndSet(false)) {
                delay.write(request);
                ChaosSink.status(request, 429);
            } else {
                next.compareAndSet(0, System.nanoTime());
                ChaosSink.status(request, OK);
            }
        });
        connector("rate: {concurrency: 1, retryAfter: {header: X-Reset, form: epoch}}");
        try (Pipeline pipeline = start(Quick.config())) {
            long start = System.nanoTime();
            pipeline.publish(0, 20);
            await(() -> pipeline.status("d").state() == State.THROTTLED);
            pipeline.awaitSettled();

            // dates have no parts of a second
            assertThat(Duration.ofNanos(next.get() - start)).isGreaterThan(Duration.ofMillis(950));
            assertThat(sink.accepted()).containsExactlyInAnyOrderElementsOf(messages(20));
            assertThat(sink.requests()).isEqualTo(21);
        }
    }

    @Test
    void tooMuchWithoutADelayPausesForLongerEachTime() {
        AtomicInteger refusals = new AtomicInteger(3);
        sink.behave((request, id, attempt) -> ChaosSink.status(request, refusals.getAndDecrement() > 0 ? 429 : OK));
        connector("rate: {concurrency: 2}");
        try (Pipeline pipeline = start(Quick.config())) {
            long start = System.nanoTime();
            pipeline.publish(0, 50);
            pipeline.awaitSettled();

            assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofMillis(2_900));
            assertThat(sink.requests()).isEqualTo(53);
            assertThat(sink.accepted()).containsExactlyInAnyOrderElementsOf(messages(50));
        }
    }

    @ParameterizedTest
    @CsvSource({"request", "steps"})
    void tooMuchWithoutADelayPausesForAsLongAsTheConnectorSays(String kind) {
        sink.behave((request, id, attempt) -> ChaosSink.status(request, sink.requests() == 1 ? 429 : OK));
        String request = "request: {url: \"{{settings.url}}\", body: {json: {\"@path\": \"$.\"}}}\n";
        connector(
                "retry: {throttled: {backoff: 2s, backoffMax: 2s}}",
                kind.equals("steps") ? "steps:\n  - name: one\n    " + request : request);
        try (Pipeline pipeline = start(Quick.config())) {
            long start = System.nanoTime();
            pipeline.publish(0, 1);
            pipeline.awaitSettled();

            assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofMillis(1_900));
            assertThat(sink.accepted()).isEqualTo(messages(1));
            assertThat(sink.requests()).isEqualTo(2);
        }
    }

    @Test
    void whatTookEffectBeforeTheAnswerWasLostIsKnownByItsKeyTheSecondTime() {
        Map<String, AtomicInteger> effects = new ConcurrentHashMap<>();
        sink.behave((request, id, attempt) -> {
            boolean isNew = effects.putIfAbsent(request.getHeader("Idempotency-Key"), new AtomicInteger()) == null;
            if (!isNew || attempt > 1) {
                ChaosSink.status(request, OK);
                return;
            }
            switch (Math.floorMod(id.hashCode(), 5)) {
                case 0 -> request.connection().close();
                case 1 -> request.response().setStatusCode(OK).setChunked(true).write("half an ans");
                case 2 -> ChaosSink.status(request, 500);
                case 3 -> {} // no answer at all
                default -> sink.later(100, () -> ChaosSink.status(request, OK));
            }
        });
        connector("idempotency: {header: Idempotency-Key}");
        try (Pipeline pipeline =
                start(Quick.config().http(within(Duration.ofMillis(700))).breaker(20))) {
            pipeline.publish(0, 200);
            pipeline.awaitSettled();

            assertThat(effects.keySet()).containsExactlyInAnyOrderElementsOf(messages(200));
            assertThat(pipeline.status("d").counts().dead()).isZero();
        }
    }

    @Test
    void aConnectorThatGivesUpSoonerDoes() {
        sink.behave((request, id, attempt) -> ChaosSink.status(request, 500));
        connector("retry: {backoff: 5ms, backoffMax: 5ms, giveUpAfter: 20ms}");
        try (Pipeline pipeline = start(Quick.config())) {
            pipeline.publish(0, 5);
            pipeline.awaitSettled();

            assertThat(pipeline.status("d").counts().dead()).isEqualTo(5);
        }
    }

    @ParameterizedTest
    @CsvSource({"300ms, PT20S, request", "1h, PT0.3S, request", "300ms, PT20S, steps"})
    void noRequestTakesLongerThanItsConnectorSaysNorThanTheNodeAllows(String own, Duration ofNode, String kind) {
        sink.behave((request, id, attempt) -> {}); // no answer at all
        String request = """
                request: {url: "{{settings.url}}", timeout: %s, body: {json: {"@path": "$."}}}
                """.formatted(own);
        connector(
                "retry: {backoff: 5ms, backoffMax: 5ms, giveUpAfter: 1ms}",
                kind.equals("steps") ? "steps:\n  - name: one\n    " + request : request);
        try (Pipeline pipeline = start(Quick.config().http(within(ofNode)))) {
            pipeline.publish(0, 1);
            pipeline.awaitSettled();

            assertThat(pipeline.deliveries()
                            .deadLetters()
                            .list("w/d", Optional.empty(), 20)
                            .letters())
                    .singleElement()
                    .satisfies(letter -> assertThat(letter.reason())
                            .contains("gave up after 2 attempts")
                            .contains("no response within PT0.3S"));
        }
    }

    @Test
    void whatGotNoAnswerInTheTimeOfItsConnectorIsTriedAgain() {
        sink.behave((request, id, attempt) -> {
            if (attempt > 1) {
                ChaosSink.status(request, OK);
            }
        });
        connector("", "request: {url: \"{{settings.url}}\", timeout: 300ms, body: {json: {\"@path\": \"$.\"}}}");
        try (Pipeline pipeline = start(Quick.config().http(within(Duration.ofHours(1))))) {
            pipeline.publish(0, 5);
            pipeline.awaitSettled();

            assertThat(sink.accepted()).containsAll(messages(5));
            assertThat(sink.requests()).isGreaterThanOrEqualTo(10);
            assertThat(pipeline.status("d").counts().delivered()).isEqualTo(5);
        }
    }

    @Test
    void aBurstOfFailuresOpensTheBreakerAndFewAttemptsAreMade() {
        AtomicBoolean isDown = new AtomicBoolean(true);
        sink.behave((request, id, attempt) -> ChaosSink.status(request, isDown.get() ? 500 : OK));
        connector("rate: {concurrency: 4}");
        try (Pipeline pipeline = start(Quick.config().breaker(5))) {
            pipeline.publish(0, 300);
            await(() -> pipeline.status("d").state() == State.BROKEN);
            await(() -> sink.requests() > 8); // the breaker lets one pass now and then
            int requests = sink.requests();
            isDown.set(false);
            pipeline.awaitSettled();

            assertThat(requests).isLessThan(60);
            assertThat(sink.accepted()).containsExactlyInAnyOrderElementsOf(messages(300));
        }
    }

    @Test
    void aTokenThatExpiresUnderLoadIsRenewedOnceAndNobodyNotices() {
        AtomicInteger tokens = new AtomicInteger();
        AtomicReference<String> valid = new AtomicReference<>("");
        AtomicInteger refused = new AtomicInteger();
        sink.behave((request, id, attempt) -> {
            if (request.path().equals("/hook/token")) {
                valid.set("token-" + tokens.incrementAndGet());
                request.response().end("{\"access_token\": \"" + valid.get() + "\"}");
                return;
            }
            boolean isValid = ("Bearer " + valid.get()).equals(request.getHeader("Authorization"));
            if (!isValid) {
                refused.incrementAndGet();
            }
            sink.later(3, () -> ChaosSink.status(request, isValid ? OK : 401));
        });
        connector("""
                auth: {oauth2: {grant: client_credentials, tokenUrl: "{{settings.url}}/token", clientId: me, clientSecret: {"@settings": key}}}
                """);
        try (Pipeline pipeline = start(Quick.config())) {
            pipeline.publish(0, 100);
            pipeline.awaitSettled();
            assertThat(tokens).hasValue(1);
            valid.set("revoked");
            pipeline.publish(100, 300);
            pipeline.awaitSettled();

            assertThat(tokens).hasValue(2);
            assertThat(refused.get()).isBetween(1, 16); // those that were under way together
            assertThat(sink.accepted()).containsAll(messages(300));
            assertThat(pipeline.meters()
                            .get("segmentdo.delivery.unauthorized")
                            .counter()
                            .count())
                    .isZero();
        }
    }

    @Test
    void aKeyThatIsNotAcceptedPausesTheDestinationUntilItIsPutRight() {
        sink.behave((request, id, attempt) ->
                ChaosSink.status(request, "Bearer good".equals(request.getHeader("Authorization")) ? OK : 401));
        connector("auth: {bearer: {\"@settings\": key}}");
        try (Pipeline pipeline = start(Quick.config().unauthorizedProbe(Duration.ofHours(1)), "bad-")) {
            pipeline.publish(0, 100);
            await(() -> pipeline.status("d").state() == State.UNAUTHORIZED);
            assertThat(pipeline.status("d").reason()).contains("401").contains("credentials");
            pipeline.publish(100, 200);
            await(() -> pipeline.status("d").counts().waiting() == 200);
            pipeline.deliveries().destinations().resume("w/d"); // which does not help
            await(() -> pipeline.meters()
                            .get("segmentdo.delivery.unauthorized")
                            .counter()
                            .count()
                    == 2);
            int requests = sink.requests();
            pipeline.deliveries().replaceAll(List.of(configured("good")));
            pipeline.awaitSettled();

            assertThat(requests).isLessThanOrEqualTo(32);
            assertThat(sink.accepted()).containsExactlyInAnyOrderElementsOf(messages(200));
            assertThat(pipeline.status("d").counts().dead()).isZero();
            assertThat(pipeline.status("d").counts().retrying()).isZero();
            assertThat(pipeline.status("d").state()).isEqualTo(State.RUNNING);
        }
    }

    @Test
    void whatIsResumedAtOneMemberGoesOnAtAll() {
        AtomicBoolean isLocked = new AtomicBoolean(true);
        sink.behave((request, id, attempt) -> ChaosSink.status(request, isLocked.get() ? 403 : OK));
        connector("auth: {bearer: {\"@settings\": key}}");
        TestColleagues colleagues = new TestColleagues();
        Quick config = Quick.config().unauthorizedProbe(Duration.ofHours(1));
        try (Pipeline here = start(config);
                Pipeline there = new Pipeline(new InMemoryStore(8), catalogue, config.build())) {
            there.deliveries().replaceAll(List.of(configured("good")));
            there.deliveries().destinations(colleagues.joining("there"));
            Destinations asked = here.deliveries().destinations(colleagues.joining("here"));
            List.of(here, there).forEach(member -> member.publish(0, 10));
            List.of(here, there)
                    .forEach(member -> await(() -> member.status("d").state() == State.UNAUTHORIZED));
            isLocked.set(false);
            asked.resume("w/d");
            List.of(here, there).forEach(Pipeline::awaitSettled);

            colleagues.silence("there");
            assertThatThrownBy(() -> asked.resume("w/d"))
                    .hasMessageContaining("resumed, but members [there] did not answer");
            assertThatThrownBy(() -> asked.resume("w/unheard-of")).hasMessageContaining("there is no destination");
        }
    }

    @Test
    void aDestinationThatAcceptsTheCredentialsAgainIsNoticedByAProbe() {
        AtomicBoolean isLocked = new AtomicBoolean(true);
        sink.behave((request, id, attempt) -> ChaosSink.status(request, isLocked.get() ? 403 : OK));
        connector("auth: {bearer: {\"@settings\": key}}");
        try (Pipeline pipeline = start(Quick.config())) {
            pipeline.publish(0, 100);
            await(() -> sink.requests() > 18); // some probes
            isLocked.set(false);
            pipeline.awaitSettled();

            assertThat(sink.accepted()).containsExactlyInAnyOrderElementsOf(messages(100));
            assertThat(pipeline.status("d").counts().dead()).isZero();
        }
    }

    @Test
    void anEventThatIsRefusedByItselfHoldsUpNoOther() {
        sink.behave((request, id, attempt) -> ChaosSink.status(request, id.equals("m7") ? 403 : OK));
        connector("auth: {bearer: {\"@settings\": key}}");
        try (Pipeline pipeline = start(Quick.config().giveUpAfter(Duration.ofMillis(200)))) {
            pipeline.publish(0, 100);
            await(() -> sink.accepted().size() == 99);
            pipeline.publish(100, 120);
            pipeline.awaitSettled();

            assertThat(sink.accepted()).hasSize(119).doesNotContain("m7");
            assertThat(pipeline.status("d").counts().dead()).isEqualTo(1);
            assertThat(pipeline.status("d").state()).isEqualTo(State.RUNNING);
        }
    }

    @Test
    void credentialsAreTestedAndUsersDeletedOnRequest() {
        Set<String> deleted = ConcurrentHashMap.newKeySet();
        sink.behave((request, id, attempt) -> {
            if (request.path().endsWith("/users/u1")) {
                deleted.add("u1");
            }
            boolean isGood = "Bearer good".equals(request.getHeader("Authorization"));
            ChaosSink.status(request, request.path().endsWith("/users/u2") ? 404 : isGood ? OK : 401);
        });
        connector("""
                auth: {bearer: {"@settings": key}}
                test: {request: {url: "{{settings.url}}/me", body: {json: {}}}}
                deleteUser: {request: {url: "{{settings.url}}/users/{{user.id}}", body: {json: {}}}}
                """);
        try (Pipeline pipeline = start(Quick.config(), "good")) {
            Destinations destinations = pipeline.deliveries().destinations();
            await(() -> pipeline.status("d").state() == State.RUNNING);

            assertThat(destinations.testCredentials("w/d")).isEqualTo(CredentialCheck.accepted());
            assertThat(destinations.deleteUser("w/d", user("u1"))).isEmpty();
            assertThat(destinations.deleteUser("w/d", user("u2"))).hasValue("HTTP 404");
            assertThat(deleted).containsExactly("u1");

            pipeline.deliveries().replaceAll(List.of(configured("bad-")));
            assertThat(destinations.testCredentials("w/d")).isInstanceOf(CredentialCheck.Refused.class);
        }
    }

    @Test
    void aRoleOfAwsIsTakenOnAndAgainWhenItsKeysAreNotAcceptedAnyMore() {
        AtomicInteger assumed = new AtomicInteger();
        AtomicReference<String> asked = new AtomicReference<>("");
        AtomicReference<String> valid = new AtomicReference<>("");
        sink.behave((request, id, attempt) -> {
            String authorization = request.getHeader("Authorization");
            if (request.path().equals("/hook/sts")) {
                asked.set(authorization);
                valid.set("session-" + assumed.incrementAndGet());
                request.response().end("""
                        <AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><Credentials>
                        <AccessKeyId>ASIA%1$d</AccessKeyId><SecretAccessKey>s%1$d/+=</SecretAccessKey>
                        <SessionToken>session-%1$d</SessionToken><Expiration>2999-01-01T00:00:00Z</Expiration>
                        </Credentials></AssumeRoleResult></AssumeRoleResponse>
                        """.formatted(assumed.get()));
                return;
            }
            boolean isValid = valid.get().equals(request.getHeader("X-Amz-Security-Token"))
                    && authorization.contains("Credential=ASIA" + assumed.get() + "/");
            ChaosSink.status(request, isValid ? OK : 403);
        });
        connector("""
                auth:
                  sigv4:
                    service: firehose
                    region: eu-west-1
                    accessKeyId: AKIDEXAMPLE
                    secretAccessKey: {"@settings": key}
                    roleArn: "arn:aws:iam::123456789012:role/events"
                    externalId: told
                    stsUrl: "{{settings.url}}/sts"
                rate: {concurrency: 4}
                """);
        try (Pipeline pipeline = start(Quick.config())) {
            pipeline.publish(0, 100);
            pipeline.awaitSettled();
            valid.set("expired on the other side");
            pipeline.publish(100, 200);
            pipeline.awaitSettled();

            assertThat(sink.accepted()).containsExactlyInAnyOrderElementsOf(messages(200));
            assertThat(assumed).hasValue(2);
            assertThat(asked.get())
                    .contains(
                            "Credential=AKIDEXAMPLE/",
                            "/eu-west-1/sts/aws4_request",
                            "SignedHeaders=content-type;host;");
            assertThat(sink.body("/hook/sts"))
                    .contains("Action=AssumeRole", "RoleArn=arn%3Aaws%3Aiam%3A%3A123456789012%3Arole%2Fevents")
                    .contains("RoleSessionName=w-d", "ExternalId=told");
            assertThat(pipeline.status("d").counts().dead()).isZero();
        }
    }

    private static DeletedUser user(String id) {
        return new DeletedUser("r1", Optional.of(id), List.of(), Optional.empty());
    }

    private void connector(String more) {
        connector(more, "request: {url: \"{{settings.url}}\", body: {json: {\"@path\": \"$.\"}}}");
    }

    private void connector(String more, String action) {
        catalogue.put(DeclaredDestination.read("chaos.yaml", """
                id: chaos
                settings:
                  url: {type: url, required: true}
                  key: {type: secret}
                %s
                actions:
                  - name: send
                    subscribe: 'type = "track"'
                %s
                """.formatted(more, action.indent(4))));
    }

    private Pipeline start(Quick config) {
        return start(config, "good");
    }

    private Pipeline start(Quick config, String key) {
        Pipeline pipeline = new Pipeline(store, catalogue, config.build());
        pipeline.deliveries().replaceAll(List.of(configured(key)));
        return pipeline;
    }

    private ConfiguredDestination configured(String key) {
        Map<String, Object> settings = new HashMap<>(Map.of("url", sink.url(), "key", key));
        return destination("d", "chaos", settings);
    }

    private static DeliveryConfig.HttpConfig within(Duration requestTimeout) {
        return new DeliveryConfig.HttpConfig(
                Duration.ofSeconds(2),
                requestTimeout,
                Duration.ofSeconds(10),
                DeliveryConfig.HttpConfig.DEFAULT.responseMax());
    }

    private static List<String> messages(int count) {
        return IntStream.range(0, count).mapToObj(i -> "m" + i).toList();
    }
}
