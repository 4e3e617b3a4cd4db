package io.segmentdo.delivery;

import static io.segmentdo.delivery.Pipeline.destination;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import io.segmentdo.connector.DeclaredDestination;
import io.segmentdo.store.InMemoryStore;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** Secrets in every place of a request, and a server that repeats all it gets: none may be kept or logged. */
class SecretsTest {
    private static final String KEY = "k3y/with+signs=&\"quotes\"";
    private static final String TOKEN = "eyJ-a-token-that-was-fetched";
    private final ChaosSink sink = new ChaosSink();
    private final FakeCatalogue catalogue = new FakeCatalogue();
    private final List<String> logged = new CopyOnWriteArrayList<>();
    private final AppenderBase<ILoggingEvent> appender = new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent event) {
            logged.add(event.getFormattedMessage() + " " + event.getKeyValuePairs() + " " + event.getThrowableProxy());
        }
    };

    @BeforeEach
    void listen() {
        appender.start();
        root().addAppender(appender);
        root().setLevel(Level.DEBUG);
        logger("io.segmentdo").setLevel(Level.TRACE);
    }

    @AfterEach
    void close() {
        root().detachAppender(appender);
        root().setLevel(Level.WARN);
        logger("io.segmentdo").setLevel(Level.INFO);
        sink.close();
    }

    @Test
    void noSecretIsKeptOrLoggedWhereverItStands() {
        sink.behave((request, id, attempt) -> {
            if (request.path().endsWith("/token")) {
                request.response()
                        .end("{\"access_token\": \"" + TOKEN + "\", \"refresh_token\": \"next-" + TOKEN + "\"}");
                return;
            }
            request.response()
                    .setStatusCode(attempt == 1 && id.equals("m1") ? 500 : 422)
                    .end(new JsonObject()
                            .put("message", "no: " + request.uri() + " " + request.getHeader("Authorization"))
                            .encode());
        });
        catalogue.put(DeclaredDestination.read("query.yaml", connector("query", """
                auth: {apiKey: {in: query, name: key, value: {"@settings": key}}}
                """)));
        catalogue.put(DeclaredDestination.read("body.yaml", connector("body", """
                auth: {apiKey: {in: body, name: key, value: {"@settings": key}}}
                """)));
        catalogue.put(DeclaredDestination.read("bearer.yaml", connector("bearer", """
                auth: {bearer: {"@settings": key}}
                """)));
        catalogue.put(DeclaredDestination.read("token.yaml", connector("token", """
                auth: {oauth2: {grant: refresh_token, tokenUrl: "{{settings.url}}/token", clientId: me,
                                clientSecret: {"@settings": key}, refreshToken: {"@settings": key}}}
                """)));
        List<String> kinds = List.of("query", "body", "bearer", "token");
        try (Pipeline pipeline = new Pipeline(new InMemoryStore(8), catalogue, Pipeline.QUICK)) {
            pipeline.deliveries()
                    .replaceAll(kinds.stream()
                            .map(kind -> destination(kind, kind, Map.of("url", sink.url(), "key", KEY)))
                            .toList());
            pipeline.publish(0, 5);
            pipeline.awaitSettled();

            for (String kind : kinds) {
                List<DeadLetter> letters = pipeline.deliveries()
                        .deadLetters()
                        .list("w/" + kind, Optional.empty(), 10)
                        .letters();
                assertThat(letters).hasSize(5).allSatisfy(letter -> {
                    assertThat(letter.reason()).startsWith("HTTP 422: no: /hook");
                    assertThat(letter.request()).startsWith("POST " + sink.url());
                    assertSecret(letter.reason());
                    assertSecret(letter.request());
                    assertSecret(letter.response());
                });
                assertThat(letters.toString()).contains("***");
            }
        }
        assertThat(logged).allSatisfy(SecretsTest::assertSecret);
    }

    private static void assertSecret(String text) {
        assertThat(text).doesNotContain("k3y").doesNotContain(TOKEN);
    }

    private static String connector(String id, String auth) {
        return """
                id: %s
                settings:
                  url: {type: url, required: true}
                  key: {type: secret}
                %sactions:
                  - name: send
                    subscribe: 'type = "track"'
                    request: {url: "{{settings.url}}", body: {json: {"@path": "$."}}}
                    response: [{status: 422, class: permanent, message: $.message}]
                """.formatted(id, auth);
    }

    private static Logger root() {
        return logger(Logger.ROOT_LOGGER_NAME);
    }

    private static Logger logger(String name) {
        return (Logger) LoggerFactory.getLogger(name);
    }
}
