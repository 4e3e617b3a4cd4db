package io.segmentdo.delivery;

import io.segmentdo.problem.PlatformException;
import io.segmentdo.problem.Problem;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;

/**
 * The REST view of the dead letters. Failures go to the router's failure handler as {@link PlatformException}s; access is
 * the guard's matter, which stands before these routes.
 */
public final class DeliveryApi {
    private static final String PATH = "/v1/workspaces/:workspace/destinations/:destination/dead-letters";
    private static final int BODY_MAX = 1 << 20;
    private static final int LIMIT_DEFAULT = 50;

    private final Vertx vertx;
    private final DeadLetters deadLetters;

    public DeliveryApi(Vertx vertx, DeadLetters deadLetters) {
        this.vertx = vertx;
        this.deadLetters = deadLetters;
    }

    /** Adds the routes. */
    public void mount(Router router) {
        router.get(PATH).handler(context -> answer(context, () -> list(context)));
        router.post(PATH + "/replay").handler(body()).handler(context -> answer(context, () -> replay(context)));
        router.route(HttpMethod.DELETE, PATH)
                .handler(body())
                .handler(context -> answer(context, () -> delete(context)));
    }

    private static BodyHandler body() {
        return BodyHandler.create(false).setBodyLimit(BODY_MAX);
    }

    private void answer(RoutingContext context, Callable<JsonObject> work) {
        vertx.executeBlocking(work, false).onSuccess(context::json).onFailure(context::fail);
    }

    private JsonObject list(RoutingContext context) {
        Optional<String> after = Optional.ofNullable(context.request().getParam("after"));
        DeadLetters.Page page = deadLetters.list(destination(context), after, limit(context));
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
        JsonObject request = object(context);
        int replayed = Boolean.TRUE.equals(request.getValue("all"))
                ? deadLetters.replayAll(destination(context))
                : deadLetters.replay(destination(context), ids(request));
        return new JsonObject().put("replayed", replayed);
    }

    private JsonObject delete(RoutingContext context) {
        return new JsonObject().put("deleted", deadLetters.delete(destination(context), ids(object(context))));
    }

    private static String destination(RoutingContext context) {
        return context.pathParam("workspace") + "/" + context.pathParam("destination");
    }

    private static int limit(RoutingContext context) {
        String limit = context.request().getParam("limit");
        if (limit == null) {
            return LIMIT_DEFAULT;
        }
        if (!limit.matches("\\d{1,6}")) {
            throw new PlatformException(Problem.INVALID_REQUEST, "limit: " + limit + " (expected: 1 to 1000)");
        }
        return Integer.parseInt(limit);
    }

    private static JsonObject object(RoutingContext context) {
        try {
            JsonObject object = context.body().asJsonObject();
            if (object != null) {
                return object;
            }
        } catch (DecodeException | ClassCastException e) {
            throw new PlatformException(Problem.INVALID_REQUEST, "the body is no JSON object", e);
        }
        throw new PlatformException(Problem.INVALID_REQUEST, "there is no body (expected: a JSON object)");
    }

    private static List<String> ids(JsonObject request) {
        if (request.getValue("ids") instanceof JsonArray ids && ids.stream().allMatch(String.class::isInstance)) {
            return ids.stream().map(String.class::cast).toList();
        }
        throw new PlatformException(Problem.INVALID_REQUEST, "ids: missing (expected: a list of ids of dead letters)");
    }
}
