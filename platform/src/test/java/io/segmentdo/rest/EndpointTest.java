package io.segmentdo.rest;

import static org.assertj.core.api.Assertions.assertThat;

import io.segmentdo.control.ProblemHandler;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Requests to a server whose endpoints read their bodies with {@link RequestBody}. */
class EndpointTest {
    private static HttpClient http;
    private static Vertx vertx;
    private static int port;

    @BeforeAll
    static void start() throws Exception {
        http = HttpClient.newHttpClient();
        vertx = Vertx.vertx();
        Router router = Router.router(vertx);
        router.route().failureHandler(new ProblemHandler());
        router.post("/").handler(Endpoint.body(200)).handler(Endpoint.blocking(EndpointTest::echo));
        port = vertx.createHttpServer()
                .requestHandler(router)
                .listen(0, "127.0.0.1")
                .toCompletionStage()
                .toCompletableFuture()
                .get(60, TimeUnit.SECONDS)
                .actualPort();
    }

    private static JsonObject echo(RoutingContext context) {
        RequestBody body = RequestBody.of(context, Set.of("name", "list", "sure", "limits"));
        return new JsonObject()
                .put("name", body.text("name"))
                .put("list", new JsonArray(body.texts("list")))
                .put("sure", body.isTrue("sure"))
                .put("rows", body.object("limits", Set.of("rows")).whole("rows", 7, 1, 10))
                .put("page", Endpoint.parameter(context, "page", 5, 1, 100))
                .put("blocking", Thread.currentThread().isVirtual());
    }

    @AfterAll
    static void stop() throws Exception {
        http.close();
        vertx.close().toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
    }

    @Test
    void whatIsThereIsReadAndWhatIsNotHasItsDefault() throws Exception {
        assertThat(post("?page=9", "{'name': 'x', 'list': ['a'], 'sure': true, 'limits': {'rows': 2}}"))
                .contains("\"name\":\"x\",\"list\":[\"a\"],\"sure\":true,\"rows\":2,\"page\":9,\"blocking\":true");
        assertThat(post("", "{'name': 'x'}")).contains("\"list\":[],\"sure\":false,\"rows\":7,\"page\":5");
    }

    @Test
    void whatIsWrongIsRefusedByItsNameAndWithWhatWasExpected() throws Exception {
        assertThat(post("", "{'nam': 1}")).contains("nam: unknown (expected: limits, list, name, sure)");
        assertThat(post("", "{}")).contains("name: missing (expected: a text)");
        assertThat(post("", "{'name': 1}")).contains("name: 1 (expected: a text)");
        assertThat(post("", "{'name': 'x', 'list': [1]}")).contains("list: [1] (expected: a list of texts)");
        assertThat(post("", "{'name': 'x', 'sure': 'yes'}")).contains("sure: yes (expected: true or false)");
        assertThat(post("", "{'name': 'x', 'limits': 3}")).contains("limits: 3 (expected: an object)");
        assertThat(post("", "{'name': 'x', 'limits': {'row': 3}}")).contains("limits.row: unknown (expected: rows)");
        assertThat(post("", "{'name': 'x', 'limits': {'rows': 11}}")).contains("limits.rows: 11 (expected: 1 to 10)");
        assertThat(post("", "{'name': 'x', 'limits': {'rows': 1.5}}")).contains("limits.rows: 1.5");
        assertThat(post("?page=0", "{'name': 'x'}")).contains("page: 0 (expected: 1 to 100)");
    }

    @Test
    void whatIsNoObjectAndWhatIsTooLongIsRefused() throws Exception {
        assertThat(post("", "[1]")).contains("the body is no JSON object");
        assertThat(post("", "{")).contains("the body is no JSON object");
        assertThat(post("", "")).contains("there is no body (expected: a JSON object)");
        assertThat(post("", " ".repeat(201))).contains("413");
    }

    private static String post(String query, String body) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/" + query))
                .POST(HttpRequest.BodyPublishers.ofString(body.replace('\'', '"')))
                .build();
        return http.send(request, HttpResponse.BodyHandlers.ofString()).body();
    }
}
