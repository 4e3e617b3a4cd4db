package io.segmentdo.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.segmentdo.plugin.PluginJars;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Profiles, their undoing and their facts through a whole node, whatever its store; each test has people of its own. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class ProfileApiContract {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String SHOP = "/v1/workspaces/shop";

    private final HttpClient client = HttpClient.newHttpClient();
    private final RecordingSink sink = RecordingSink.open();
    private Node node;
    private Node warehouse;
    private Map<Node, String> tokens = Map.of();

    /** The YAML of the store. */
    abstract String store();

    /**
     * Starts all there is.
     *
     * @return whom everything is asked, and who is asked for what is in the tables, which may be the same
     */
    List<Node> start(Path home, String workspace, String platform) throws Exception {
        PluginJars.webhook(Files.createDirectories(home.resolve("plugins")), "webhook.jar");
        Node only = Nodes.start(home, home.resolve("data"), workspace, platform);
        return List.of(only, only);
    }

    @BeforeAll
    void start(@TempDir Path home) throws Exception {
        List<Node> nodes = start(home, """
            sources:
              - {id: app, kind: server, write-keys: [shop-key]}
            destinations:
              - id: facts
                plugin: webhook
                ordered: true
                settings: {url: "http://127.0.0.1:%d/"}
                connections: [{source: $profiles}]
            """.formatted(sink.port()), """
            profile: {requests-per-second: 100000}
            warehouse: {commit-interval: 200ms, profiles-interval: 200ms}
            """ + store());
        node = nodes.getFirst();
        warehouse = nodes.getLast();
        tokens = nodes.stream()
                .distinct()
                .collect(Collectors.toMap(one -> one, one -> one.owner().fresh().orElseThrow()));
    }

    @AfterAll
    void stop() {
        node.close();
        if (warehouse != node) {
            warehouse.close();
        }
        sink.close();
    }

    @Test
    void traitsComeInPagesAndAsTheyWereSaid() throws Exception {
        identify("t-1", "t", null, "{\"plan\":\"pro\",\"age\":7.10,\"nested\":{\"a\":[1,2]},\"gone\":1}");
        identify("t-2", "t", null, "{\"gone\":null}");
        String traits = space("users", "user_id:t", "traits");
        await(() -> get(traits).path("traits").size() == 3);

        HttpResponse<String> all = send(request(traits));
        assertThat(all.headers().firstValue("Request-Id")).isPresent();
        assertThat(all.headers().firstValue("Access-Control-Allow-Origin")).isEmpty();
        assertThat(all.body())
                .isEqualTo("{\"traits\":{\"age\":7.10,\"nested\":{\"a\":[1,2]},\"plan\":\"pro\"},\"cursor\":{\"url\":\""
                        + traits + "\",\"has_more\":false,\"limit\":10}}");
        JsonNode first = get(traits + "?limit=2");
        assertThat(names(first.path("traits"))).containsExactly("age", "nested");
        assertThat(first.at("/cursor/has_more").asBoolean()).isTrue();
        JsonNode second =
                get(traits + "?limit=2&cursor=" + first.at("/cursor/next").asText());
        assertThat(names(second.path("traits"))).containsExactly("plan");
        assertThat(names(get(traits + "?include=plan,age").path("traits"))).containsExactly("age", "plan");
        assertThat(get(traits + "?class=audience").path("traits")).isEmpty();
        JsonNode verbose = get(traits + "?verbose=true").at("/traits/plan");
        assertThat(names(verbose)).containsExactly("value", "source_id", "updated_at");
        assertThat(verbose.path("source_id").asText()).isEqualTo("app");
    }

    @Test
    void externalIdsMetadataAndLinksSayWhatMadeThem() throws Exception {
        track("x-1", null, "x-device");
        identify("x-2", "x", "x-device", "{\"email\":\"X@Shop.example\"}");
        group("x-3", "x", "x-acme");
        await(() ->
                get(space("users", "user_id:x", "external_ids")).path("data").size() == 3);
        await(() -> get(space("users", "user_id:x", "links")).path("data").size() == 1);
        await(() -> status(space("accounts", "group_id:x-acme", "traits")) == 200);

        JsonNode ids =
                get(space("users", "email:x@shop.example", "external_ids")).path("data");
        assertThat(ids.findValuesAsText("type")).containsExactly("anonymous_id", "email", "user_id");
        assertThat(ids.findValuesAsText("first_message_id")).containsExactly("x-2", "x-2", "x-2");
        assertThat(names(ids.get(0)))
                .containsExactlyInAnyOrder(
                        "source_id", "collection", "id", "type", "created_at", "encoding", "first_message_id");
        assertThat(get(space("users", "user_id:x", "external_ids") + "?include=email")
                        .path("data"))
                .hasSize(1);
        JsonNode metadata =
                get(space("users", "anonymous_id:x-device", "metadata")).path("metadata");
        assertThat(metadata.path("first_message_id").asText()).isIn("x-1", "x-2");
        assertThat(names(metadata))
                .containsExactlyInAnyOrder(
                        "created_at",
                        "updated_at",
                        "expires_at",
                        "first_message_id",
                        "first_source_id",
                        "last_message_id",
                        "last_source_id");
        JsonNode links = get(space("users", "user_id:x", "links")).path("data");
        assertThat(links.toString())
                .isEqualTo(
                        "[{\"to_collection\":\"accounts\",\"external_ids\":[{\"id\":\"x-acme\",\"type\":\"group_id\","
                                + "\"collection\":\"accounts\",\"encoding\":\"none\"}]}]");
        JsonNode members = get(space("accounts", "group_id:x-acme", "links")).path("data");
        assertThat(members.findValuesAsText("to_collection")).containsExactly("users");
        assertThat(get(space("accounts", "group_id:x-acme", "traits"))
                        .at("/traits/seats")
                        .asInt())
                .isEqualTo(3);
    }

    @Test
    void eventsOfAProfileAreThoseOfTheLastTwoWeeks() throws Exception {
        for (int i = 0; i < 5; i++) {
            track("e-" + i, "e", null);
        }
        identify("e-said", "e", null, "{\"plan\":\"pro\"}");
        String events = space("users", "user_id:e", "events");
        await(() -> status(events) == 200 && get(events).path("data").size() == 6);

        JsonNode item = get(events + "?include=Bought&limit=1").path("data").get(0);
        assertThat(names(item))
                .containsExactlyInAnyOrder(
                        "external_ids",
                        "context",
                        "type",
                        "message_id",
                        "source_id",
                        "timestamp",
                        "properties",
                        "event",
                        "related");
        assertThat(item.at("/properties/price").asInt()).isEqualTo(3);
        assertThat(get(events + "?exclude=Bought").path("data").findValuesAsText("message_id"))
                .containsExactly("e-said");
        List<String> paged = new ArrayList<>();
        JsonNode page = get(events + "?limit=4&sort=asc");
        paged.addAll(page.path("data").findValuesAsText("message_id"));
        page = get(
                events + "?limit=4&sort=asc&cursor=" + page.at("/cursor/next").asText());
        paged.addAll(page.path("data").findValuesAsText("message_id"));
        assertThat(page.at("/cursor/has_more").asBoolean()).isFalse();
        assertThat(paged).containsExactlyInAnyOrder("e-0", "e-1", "e-2", "e-3", "e-4", "e-said");
        assertThat(error(send(request(events + "?start=2020-01-01")))).isEqualTo("400 validation_error");
    }

    @Test
    void whatIsWrongIsAnsweredWithSegmentsCodes() throws Exception {
        track("w-1", "w", null);
        await(() -> status(space("users", "user_id:w", "traits")) == 200);

        HttpResponse<String> nobody = send(request(space("users", "user_id:nobody", "traits")));
        assertThat(error(nobody)).isEqualTo("404 not_found");
        assertThat(nobody.body())
                .isEqualTo("{\"error\":{\"code\":\"not_found\",\"message\":\"Profile was not found.\"}}");
        assertThat(nobody.headers().firstValue("Request-Id")).isPresent();
        assertThat(error(send(request(space("users", "w", "traits"))))).isEqualTo("400 validation_error");
        assertThat(error(send(request(space("users", "user_id:w", "traits") + "?limit=201"))))
                .isEqualTo("400 validation_error");
        assertThat(error(send(request(space("accounts", "user_id:w", "traits")))))
                .isEqualTo("400 validation_error");
        assertThat(error(send(request(space("users", "user_id:w", "traits").replace("shop", "nowhere")))))
                .isEqualTo("404 not_found");
        HttpRequest.Builder bare = HttpRequest.newBuilder(
                URI.create("http://127.0.0.1:" + node.port() + space("users", "user_id:w", "traits")));
        assertThat(error(send(bare.copy()))).isEqualTo("401 authentication_error");
        String basic = Base64.getEncoder().encodeToString((tokens.get(node) + ":").getBytes(StandardCharsets.UTF_8));
        assertThat(send(bare.copy().header("Authorization", "Basic " + basic)).statusCode())
                .isEqualTo(200);
    }

    @Test
    void anIdentifierIsTakenAwayAndWhatCameByItStays() throws Exception {
        identify("d-1", "d", null, "{\"email\":\"d@shop.example\",\"plan\":\"pro\"}");
        await(() -> identifiers("user_id:d").size() == 2);
        String delete = space("users", "user_id:d", "external_ids") + "/delete";

        assertThat(error(take(delete, "{\"delete_external_ids\":[{\"id\":\"no@shop.example\",\"type\":\"email\"}]}")))
                .isEqualTo("404 eid_not_found");
        assertThat(error(take(delete, "{\"delete_external_ids\":[{\"id\":\"g\",\"type\":\"group_id\"}]}")))
                .isEqualTo("400 unsupported_eid_type");
        assertThat(error(take(delete, "{\"delete_external_ids\":[{\"id\":\"d\",\"type\":\"user_id\"}]}")))
                .as("the one that it was looked up by")
                .isEqualTo("400 bad_request");
        assertThat(error(take(delete, "{\"delete_external_ids\":[]}"))).isEqualTo("400 bad_request");
        HttpResponse<String> done =
                take(delete, "{\"delete_external_ids\":[{\"id\":\"D@shop.example\",\"type\":\"email\"}]}");

        assertThat(done.statusCode()).as(done.body()).isEqualTo(200);
        await(() -> identifiers("user_id:d").equals(List.of("user_id:d")));
        assertThat(get(profile("user_id:d")).at("/traits/plan").asText()).isEqualTo("pro");
        await(() -> status(profile("email:d@shop.example")) == 404);
    }

    @Test
    void theIdentifierByWhichAPersonIsKnownIsTakenAwayAndTheOthersStayOnePerson() throws Exception {
        identify("k-1", "k", "k-phone", "{\"plan\":\"pro\"}");
        await(() -> identifiers("user_id:k").size() == 2);
        identify("k-2", "k", null, "{\"email\":\"k@shop.example\"}");
        await(() -> identifiers("user_id:k").size() == 3);
        String former = get(profile("user_id:k")).path("id").asText();

        assertThat(post(profile("user_id:k") + "/detach", "", "k-detach")).isEqualTo("decided");
        await(() -> identifiers("email:k@shop.example").size() == 2);
        await(() ->
                get(profile("anonymous_id:k-phone")).at("/traits/plan").asText().equals("pro"));

        assertThat(identifiers("email:k@shop.example")).containsExactly("anonymous_id:k-phone", "email:k@shop.example");
        JsonNode why = get(profile("email:k@shop.example") + "/why?with=" + encoded("anonymous_id:k-phone"));
        assertThat(why.path("same").asBoolean()).isTrue();
        assertThat(why.path("links").findValuesAsText("messageId")).containsExactly("k-2", "k-1");
        await(() -> status(profile("user_id:k")) == 404);
        String next = get(profile("email:k@shop.example")).path("id").asText();
        if (!next.equals(former)) {
            await(() -> facts(next).stream()
                    .anyMatch(fact -> fact.equals("Profile Merged " + next + " " + former + " k-detach detach")));
        }
        assertThat(post(profile("anonymous_id:k-phone") + "/detach", "", "k-more"))
                .isEqualTo("decided");
        await(() -> identifiers("email:k@shop.example").size() == 1);
        assertThat(post(profile("email:k@shop.example") + "/detach", "", "k-last"))
                .isEqualTo("nothing_to_do");
    }

    @Test
    void whyTwoIdentifiersAreOnePersonIsAChainOfEvents() throws Exception {
        identify("y-1", "y", "y-phone", "{\"email\":\"y@shop.example\"}");
        await(() -> identifiers("user_id:y").size() == 3);
        identify("y-2", null, "y-laptop", "{\"email\":\"y@shop.example\"}");
        await(() -> identifiers("user_id:y").size() == 4);

        JsonNode why = get(profile("anonymous_id:y-laptop") + "/why?with=" + encoded("anonymous_id:y-phone"));
        assertThat(why.path("same").asBoolean()).isTrue();
        assertThat(why.path("links").findValuesAsText("messageId")).first().isEqualTo("y-2");
        assertThat(why.path("links").findValuesAsText("messageId")).last().isEqualTo("y-1");
        assertThat(why.path("links").findValuesAsText("rule")).containsOnly("seen");
        assertThat(get(profile("user_id:y") + "/why").path("links")).hasSize(3);
        assertThat(get(profile("user_id:y") + "/why?with=" + encoded("user_id:other"))
                        .path("same")
                        .asBoolean())
                .isFalse();
    }

    @Test
    void everyFactAboutAProfileReachesDestinationAndWarehouseOnceAndTraitsComeApartAgain() throws Exception {
        identify("f-1", "f1", null, "{\"plan\":\"free\",\"first\":1}");
        identify("f-2", "f2", null, "{\"plan\":\"pro\"}");
        await(() -> status(profile("user_id:f1")) == 200 && status(profile("user_id:f2")) == 200);
        String one = get(profile("user_id:f1")).path("id").asText();
        String two = get(profile("user_id:f2")).path("id").asText();

        assertThat(post(profile("user_id:f1") + "/alias", "{\"previous\":\"user_id:f2\"}", "f-alias"))
                .isEqualTo("decided");
        assertThat(post(profile("user_id:f1") + "/alias", "{\"previous\":\"user_id:f2\"}", "f-alias"))
                .isEqualTo("repeated");
        await(() -> identifiers("user_id:f2").size() == 2);
        assertThat(get(profile("user_id:f2")).at("/traits/plan").asText()).isEqualTo("pro");
        await(() -> rows("SELECT traits FROM users WHERE profile_id = '" + one + "' AND traits LIKE '%pro%'")
                        .size()
                == 1);
        assertThat(post(profile("user_id:f2") + "/unmerge", "", "f-unmerge")).isEqualTo("decided");
        await(() -> identifiers("user_id:f2").equals(List.of("user_id:f2")));
        assertThat(get(profile("user_id:f1")).at("/traits/plan").asText()).isEqualTo("free");
        await(() -> rows("SELECT traits FROM users WHERE profile_id = '" + one + "'")
                        .toString()
                        .contains("free")
                && rows("SELECT traits FROM users WHERE profile_id = '" + two + "'")
                        .toString()
                        .contains("pro"));
        assertThat(rows("SELECT traits FROM users WHERE profile_id = '" + two + "'")
                        .toString())
                .doesNotContain("first");
        assertThat(order("DELETE", profile("user_id:f2"), "", "f-delete")).isEqualTo("decided");
        await(() -> status(profile("user_id:f2")) == 404);
        track("f-3", "f2", null);
        await(() -> status(profile("user_id:f2")) == 200);
        String three = get(profile("user_id:f2")).path("id").asText();

        assertThat(three).isNotEqualTo(two);
        await(() -> facts(one, two, three).size() == 7);
        assertThat(facts(one, two, three))
                .containsExactlyInAnyOrder(
                        "Profile Created " + one + " f-1 seen",
                        "Profile Created " + two + " f-2 seen",
                        "Profile Merged " + one + " " + two + " f-alias alias",
                        "Profile Recomputed " + one + " f-unmerge unmerge",
                        "Profile Unmerged " + two + " " + one + " f-unmerge unmerge",
                        "Profile Deleted " + two + " f-delete delete",
                        "Profile Created " + three + " f-3 seen");
        String merges = "SELECT kind, message_id, rule FROM profile_merges WHERE profile_id IN ('" + one + "', '" + two
                + "') ORDER BY ledger_fact";
        await(() -> rows(merges).size() == 3);
        assertThat(rows(merges).toString())
                .isEqualTo("[{\"kind\":\"merged\",\"message_id\":\"f-alias\",\"rule\":\"alias\"},"
                        + "{\"kind\":\"unmerged\",\"message_id\":\"f-unmerge\",\"rule\":\"unmerge\"},"
                        + "{\"kind\":\"deleted\",\"message_id\":\"f-delete\",\"rule\":\"delete\"}]");
        await(() -> rows("SELECT 1 FROM users WHERE profile_id = '" + two + "'").isEmpty());
    }

    @Test
    void changedRulesAreTriedOnWhatIsRecorded() throws Exception {
        identify("r-1", "r", "r-device", "{\"email\":\"info@shop.example\"}");
        await(() -> identifiers("user_id:r").size() == 3);

        JsonNode blocked = tryRules("""
                name: Shop
                """.replace("name: Shop", "identity: {blocked-values: [info@shop.example]}"));
        JsonNode same = tryRules("identifiers-max: 1000\n");

        assertThat(blocked.path("mergesLost").asInt()).isEqualTo(1);
        assertThat(blocked.at("/examples/0/now/0").toString()).contains("email:info@shop.example", "user_id:r");
        assertThat(blocked.at("/examples/0/then")).hasSize(2);
        assertThat(same.path("profilesAffected").asInt()).as(same.toString()).isZero();
        HttpResponse<String> wrong = send(request(SHOP + "/identity/dry-run")
                .POST(HttpRequest.BodyPublishers.ofString("identifiers: [{type: email, limit: -1}]")));
        assertThat(wrong.statusCode()).isEqualTo(422);
        assertThat(wrong.body()).contains("limit");
    }

    @Test
    void aLookupTakesMilliseconds() throws Exception {
        int lookups = Integer.getInteger("profile.lookups", 300);
        for (int i = 0; i < 20; i++) {
            identify("l-" + i, "l" + i, "l-device" + i, "{\"plan\":\"pro\",\"email\":\"l" + i + "@shop.example\"}");
        }
        await(() -> identifiers("user_id:l19").size() == 3);
        HttpRequest[] requests = new HttpRequest[20];
        Arrays.setAll(
                requests,
                i -> request(space("users", "user_id:l" + i, "traits")).build());
        long[] nanos = new long[lookups];
        for (int i = -lookups / 2; i < lookups; i++) {
            long start = System.nanoTime();
            int status = client.send(requests[Math.floorMod(i, 20)], HttpResponse.BodyHandlers.ofString())
                    .statusCode();
            if (i >= 0) {
                nanos[i] = System.nanoTime() - start;
            }
            assertThat(status).isEqualTo(200);
        }
        Arrays.sort(nanos);
        System.out.printf(
                "lookups of traits over HTTP: p50 %.2f ms, p99 %.2f ms, %d of them%n",
                nanos[lookups / 2] / 1e6, nanos[lookups * 99 / 100] / 1e6, lookups);
        assertThat(nanos[lookups / 2])
                .as("even on a busy machine")
                .isLessThan(Duration.ofMillis(500).toNanos());
    }

    // ---- requests

    private void track(String messageId, String user, String device) throws Exception {
        call("track", messageId, user, device, "\"event\":\"Bought\",\"properties\":{\"price\":3}");
    }

    private void identify(String messageId, String user, String device, String traits) throws Exception {
        call("identify", messageId, user, device, "\"traits\":" + traits);
    }

    private void group(String messageId, String user, String group) throws Exception {
        call("group", messageId, user, null, "\"groupId\":\"" + group + "\",\"traits\":{\"seats\":3}");
    }

    /** Each call gets a millisecond of its own, since what was said in the same one has no order by time. */
    private void call(String type, String messageId, String user, String device, String more) throws Exception {
        Thread.sleep(2);
        String ids = (user == null ? "" : "\"userId\":\"" + user + "\",")
                + (device == null ? "" : "\"anonymousId\":\"" + device + "\",");
        HttpResponse<String> answer =
                send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + node.port() + "/v1/" + type))
                        .POST(HttpRequest.BodyPublishers.ofString(
                                "{\"writeKey\":\"shop-key\",\"messageId\":\"" + messageId + "\"," + ids + more + "}")));
        assertThat(answer.statusCode()).isEqualTo(200);
    }

    private static String space(String collection, String identifier, String part) {
        return "/v1/spaces/shop/collections/" + collection + "/profiles/" + identifier + "/" + part;
    }

    private static String profile(String identifier) {
        return SHOP + "/profiles/" + identifier;
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private HttpRequest.Builder request(String path) {
        return request(node, path);
    }

    private HttpRequest.Builder request(Node asked, String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + asked.port() + path))
                .timeout(PATIENCE)
                .header("Authorization", "Bearer " + tokens.get(asked));
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private JsonNode get(String path) throws Exception {
        return JSON.readTree(send(request(path)).body());
    }

    private int status(String path) throws Exception {
        return send(request(path)).statusCode();
    }

    private List<String> identifiers(String identifier) throws Exception {
        List<String> shown = new ArrayList<>();
        get(profile(identifier)).path("identifiers").forEach(id -> shown.add(id.asText()));
        return shown;
    }

    private HttpResponse<String> take(String path, String body) throws Exception {
        return send(request(path).POST(HttpRequest.BodyPublishers.ofString(body)));
    }

    private String post(String path, String body, String requestId) throws Exception {
        return order("POST", path, body, requestId);
    }

    private String order(String method, String path, String body, String requestId) throws Exception {
        HttpResponse<String> answer = send(request(path)
                .header("Idempotency-Key", requestId)
                .method(method, HttpRequest.BodyPublishers.ofString(body)));
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return JSON.readTree(answer.body()).path("decision").asText();
    }

    private JsonNode tryRules(String yaml) throws Exception {
        HttpResponse<String> answer =
                send(request(SHOP + "/identity/dry-run").POST(HttpRequest.BodyPublishers.ofString(yaml)));
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return JSON.readTree(answer.body());
    }

    private JsonNode rows(String sql) throws Exception {
        HttpResponse<String> answer = send(request(warehouse, "/v1/warehouse/query")
                .POST(HttpRequest.BodyPublishers.ofString(JSON.writeValueAsString(Map.of("sql", sql)))));
        assertThat(answer.body()).as(sql).contains("\"rows\"");
        return JSON.readTree(answer.body()).path("rows");
    }

    /** What the destination was told about some profiles. */
    private List<String> facts(String... profiles) {
        List<String> facts = new ArrayList<>();
        for (JsonNode arrival : sink.arrivals()) {
            JsonNode said = arrival.path("properties");
            if (Arrays.asList(profiles).contains(said.path("profileId").asText())) {
                facts.add(arrival.path("event").asText() + " "
                        + said.path("profileId").asText() + " "
                        + (said.has("otherId") ? said.path("otherId").asText() + " " : "")
                        + said.path("cause").asText() + " " + said.path("rule").asText());
            }
        }
        return facts;
    }

    private static String error(HttpResponse<String> answer) throws IOException {
        return answer.statusCode() + " "
                + JSON.readTree(answer.body()).at("/error/code").asText();
    }

    private static List<String> names(JsonNode object) {
        return StreamSupport.stream(((Iterable<String>) object::fieldNames).spliterator(), false)
                .toList();
    }

    private static void await(Callable<Boolean> condition) throws Exception {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.call()) {
            assertThat(System.nanoTime()).as("still waiting").isLessThan(deadline);
            Thread.sleep(25);
        }
    }
}
