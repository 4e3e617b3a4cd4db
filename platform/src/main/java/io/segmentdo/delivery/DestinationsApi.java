package io.segmentdo.delivery;

import io.segmentdo.api.CredentialCheck;
import io.segmentdo.delivery.Destinations.DeletedUser;
import io.segmentdo.identity.Colleagues;
import io.segmentdo.problem.PlatformException;
import io.segmentdo.problem.Problem;
import io.segmentdo.rest.Endpoint;
import io.segmentdo.rest.RequestBody;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * The REST view of configured destinations on this node; what is resumed is resumed on all members. Failures go to the
 * router's failure handler as platform exceptions; access is the guard's matter, which stands before these routes. Safe for
 * concurrent use.
 */
public final class DestinationsApi {
    private static final String ALL = "/v1/workspaces/:workspace/destinations";
    private static final String ONE = ALL + "/:destination";
    private static final int BODY_MAX = 1 << 16;

    private final Deliveries deliveries;
    private final Destinations destinations;

    /** For a node with these colleagues. */
    public DestinationsApi(Deliveries deliveries, Colleagues colleagues) {
        this.deliveries = deliveries;
        this.destinations = deliveries.destinations(colleagues);
    }

    /** Adds the routes. */
    public void mount(Router router) {
        router.get(ALL)
                .putMetadata(Endpoint.ABOUT, "The destinations of a workspace: state, reason, counts.")
                .handler(Endpoint.blocking(this::list));
        router.get(ONE)
                .putMetadata(Endpoint.ABOUT, "One destination.")
                .handler(Endpoint.blocking(context -> describe(destinations.status(destination(context)))));
        router.post(ONE + "/resume")
                .putMetadata(Endpoint.ABOUT, "Goes on with a destination that is paused.")
                .handler(Endpoint.blocking(this::resume));
        router.post(ONE + "/test")
                .putMetadata(Endpoint.ABOUT, "Whether the destination accepts the credentials.")
                .handler(Endpoint.blocking(this::test));
        router.post(ONE + "/delete-user")
                .putMetadata(Endpoint.ABOUT, "Has a user deleted at the destination.")
                .handler(Endpoint.body(BODY_MAX))
                .handler(Endpoint.blocking(this::deleteUser));
    }

    private JsonObject list(RoutingContext context) {
        String workspace = context.pathParam("workspace") + "/";
        JsonArray shown = new JsonArray();
        deliveries.statuses().stream()
                .filter(status -> status.destination().startsWith(workspace))
                .forEach(status -> shown.add(describe(status)));
        return new JsonObject().put("destinations", shown);
    }

    private static JsonObject describe(DestinationStatus status) {
        DestinationCounts counts = status.counts();
        return new JsonObject()
                .put("id", status.destination().substring(status.destination().indexOf('/') + 1))
                .put("plugin", status.plugin())
                .put("state", status.state().word())
                .put("reason", status.reason())
                .put("delivered", counts.delivered())
                .put("filtered", counts.filtered())
                .put("dead", counts.dead())
                .put("waiting", counts.waiting())
                .put("retrying", counts.retrying())
                .put("deadLetters", counts.deadLetters());
    }

    private JsonObject resume(RoutingContext context) {
        destinations.resume(destination(context));
        return new JsonObject().put("resumed", true);
    }

    private JsonObject test(RoutingContext context) {
        return switch (destinations.testCredentials(destination(context))) {
            case CredentialCheck.Accepted yes -> new JsonObject().put("credentials", "accepted");
            case CredentialCheck.Refused no ->
                new JsonObject().put("credentials", "refused").put("reason", no.reason());
            case CredentialCheck.Unknown unasked -> new JsonObject().put("credentials", "unknown");
        };
    }

    private JsonObject deleteUser(RoutingContext context) {
        RequestBody body = RequestBody.of(context, Set.of("requestId", "userId", "anonymousIds", "email"));
        Optional<String> userId = body.findText("userId");
        List<String> anonymousIds = body.texts("anonymousIds");
        if (userId.isEmpty() && anonymousIds.isEmpty()) {
            throw new PlatformException(
                    Problem.INVALID_REQUEST, "userId: missing (expected: a user's id, or anonymousIds)");
        }
        String requestId =
                body.findText("requestId").orElseGet(() -> UUID.randomUUID().toString());
        DeletedUser user = new DeletedUser(requestId, userId, anonymousIds, body.findText("email"));
        JsonObject answer = new JsonObject().put("requestId", requestId);
        return destinations
                .deleteUser(destination(context), user)
                .map(reason -> answer.put("deleted", false).put("reason", reason))
                .orElseGet(() -> answer.put("deleted", true));
    }

    private static String destination(RoutingContext context) {
        return context.pathParam("workspace") + "/" + context.pathParam("destination");
    }
}
