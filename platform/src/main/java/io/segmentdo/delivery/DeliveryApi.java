package io.segmentdo.delivery;

import io.segmentdo.rest.Endpoint;
import io.segmentdo.rest.RequestBody;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The REST view of the dead letters. Failures go to the router's failure handler as platform exceptions; access is
 * the guard's matter, which stands before these routes.
 */
public final class DeliveryApi {
    private static final String PATH = "/v1/workspaces/:workspace/destinations/:destination/dead-letters";
    private static final int BODY_MAX = 1 << 20;
    private static final int LIMIT_DEFAULT = 50;

    private final DeadLetters deadLetters;

    public DeliveryApi(DeadLetters deadLetters) {
        this.deadLetters = deadLetters;
    }

    /** Adds the routes. */
    public void mount(Router router) {
        router.get(PATH)
                .putMetadata(Endpoint.ABOUT, "Dead letters: event, reason, last request and response.")
                .handler(Endpoint.blocking(this::list));
        router.post(PATH + "/replay")
                .putMetadata(Endpoint.ABOUT, "Delivers dead letters again.")
                .handler(Endpoint.body(BODY_MAX))
                .handler(Endpoint.blocking(this::replay));
        router.delete(PATH)
                .putMetadata(Endpoint.ABOUT, "Forgets dead letters.")
                .handler(Endpoint.body(BODY_MAX))
                .handler(Endpoint.blocking(this::delete));
    }

    private JsonObject list(RoutingContext context) {
        Optional<String> after = Optional.ofNullable(context.request().getParam("after"));
        DeadLetters.Page page = deadLetters.list(
                destination(context),
                after,
                Endpoint.parameter(context, "limit", LIMIT_DEFAULT, 1, DeadLetters.PAGE_MAX));
        JsonArray letters = new JsonArray();
        page.letters().forEach(letter -> letters.add(describe(letter)));
        JsonObject answer = new JsonObject().put("deadLetters", letters);
        page.next().ifPresent(next -> answer.put("next", next));
        return answer;
    }

    private static JsonObject describe(DeadLetter letter) {
        return new JsonObject()
                .put("id", letter.id())
                .put("diedAt", Instant.ofEpochMilli(letter.diedAtMillis()).toString())
                .put("reason", letter.reason())
                .put("attempts", letter.attempts())
                .put("profileId", letter.profileId())
                .put("messageId", letter.event().messageId())
                .put("type", letter.event().type().wireName())
                .put("source", letter.event().source())
                .put("request", letter.request())
                .put("response", letter.response())
                .put("event", new JsonObject(letter.event().json().toString()));
    }

    private JsonObject replay(RoutingContext context) {
        RequestBody body = RequestBody.of(context, Set.of("all", "ids"));
        int replayed = body.isTrue("all")
                ? deadLetters.replayAll(destination(context))
                : deadLetters.replay(destination(context), ids(body));
        return new JsonObject().put("replayed", replayed);
    }

    private JsonObject delete(RoutingContext context) {
        return new JsonObject()
                .put("deleted", deadLetters.delete(destination(context), ids(RequestBody.of(context, Set.of("ids")))));
    }

    private static String destination(RoutingContext context) {
        return context.pathParam("workspace") + "/" + context.pathParam("destination");
    }

    private static List<String> ids(RequestBody body) {
        List<String> ids = body.texts("ids");
        if (ids.isEmpty()) {
            throw body.refusal("ids", ids, "a list of ids of dead letters");
        }
        return ids;
    }
}
