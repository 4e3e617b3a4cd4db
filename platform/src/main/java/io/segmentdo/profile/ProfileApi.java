package io.segmentdo.profile;

import io.segmentdo.identity.ActorId;
import io.segmentdo.identity.Decision;
import io.segmentdo.identity.Profile;
import io.segmentdo.problem.PlatformException;
import io.segmentdo.problem.Problem;
import io.segmentdo.rest.Endpoint;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * Segment's Profile API; a workspace is a space. Access is the guard's matter, which stands before it.
 *
 * <p>Safe for concurrent use.
 */
public final class ProfileApi {
    private static final String SPACES = "/v1/spaces/*";
    private static final String PROFILE = "/v1/spaces/:space/collections/:collection/profiles/:identifier";
    private static final int BODY_MAX = 16 << 10;
    private static final Set<String> TRAIT_CLASSES = Set.of("audience", "computed_trait");

    private final Profiles profiles;
    private final SpaceRates rates;
    private final ProfileEvents events;

    /** @param events where past events are, if they are kept */
    public ProfileApi(Profiles profiles, Optional<PastEvents> events) {
        this.profiles = profiles;
        this.rates = new SpaceRates(profiles.config().requestsPerSecond());
        this.events = new ProfileEvents(events, profiles::nowMillis);
    }

    /** Adds the routes, and the answers to failures below them. */
    public void mount(Router router) {
        router.route(SPACES).order(-2).failureHandler(new ProfileProblems());
        router.route(SPACES).order(-1).handler(ProfileApi::name);
        router.get(PROFILE + "/traits")
                .putMetadata(Endpoint.ABOUT, "Segment's Profile API: traits.")
                .handler(answer((context, profile) -> {
                    Set<String> included = traitClass(context) == null ? names(context, "include") : Set.of("");
                    boolean isVerbose = Boolean.parseBoolean(context.request().getParam("verbose"));
                    return done(Answers.traits(profile, included, isVerbose, Paging.of(context, 10, 200)));
                }));
        router.get(PROFILE + "/external_ids")
                .putMetadata(Endpoint.ABOUT, "Segment's Profile API: identifiers.")
                .handler(answer((context, profile) -> {
                    Paging paging = Paging.of(context, 10, 200);
                    Set<String> types = names(context, "include");
                    return profiles.causes(profile).map(facts -> Answers.externalIds(profile, facts, types, paging));
                }));
        router.get(PROFILE + "/metadata")
                .putMetadata(Endpoint.ABOUT, "Segment's Profile API: metadata.")
                .handler(answer(
                        (context, profile) -> profiles.causes(profile).map(facts -> Answers.metadata(profile, facts))));
        router.get(PROFILE + "/links")
                .putMetadata(Endpoint.ABOUT, "Segment's Profile API: groups and members.")
                .handler(answer((context, profile) -> done(Answers.links(profile, Paging.of(context, 20, 100)))));
        router.get(PROFILE + "/events")
                .putMetadata(Endpoint.ABOUT, "Segment's Profile API: past events.")
                .handler(answer(events::answer));
        router.post(PROFILE + "/external_ids/delete")
                .putMetadata(Endpoint.ABOUT, "Segment's Profile API: takes an identifier away.")
                .handler(Endpoint.body(BODY_MAX))
                .handler(answer(this::takeAway));
    }

    /** Every answer of these paths carries the id of its request. */
    private static void name(RoutingContext context) {
        context.response().putHeader("Request-Id", UUID.randomUUID().toString());
        context.next();
    }

    private static Future<String> done(String body) {
        return Future.succeededFuture(body);
    }

    private Handler<RoutingContext> answer(BiFunction<RoutingContext, Profile, Future<String>> work) {
        return context -> find(context)
                .compose(profile -> work.apply(context, profile))
                .onSuccess(body -> answer(context.response(), body))
                .onFailure(context::fail);
    }

    static void answer(HttpServerResponse response, String body) {
        response.putHeader(HttpHeaders.CONTENT_TYPE, "application/json")
                .putHeader(HttpHeaders.CACHE_CONTROL, "no-store")
                .end(body);
    }

    private Future<Profile> find(RoutingContext context) {
        String space = profiles.workspace(parameter(context, "space"));
        rates.admit(space, profiles.nowMillis());
        ActorId id = Identifiers.read(space, parameter(context, "identifier"));
        String collection = parameter(context, "collection");
        if (!collection.equals(id.isGroup() ? "accounts" : "users")) {
            throw new PlatformException(
                    Problem.INVALID_REQUEST,
                    "collection: " + collection + " (expected: users, or accounts with a group_id)");
        }
        return profiles.find(id);
    }

    private static String parameter(RoutingContext context, String name) {
        return Objects.requireNonNull(context.pathParam(name));
    }

    /** Names in a parameter, divided by commas. */
    static Set<String> names(RoutingContext context, String parameter) {
        String text = context.request().getParam(parameter);
        return text == null || text.isBlank() ? Set.of() : Set.copyOf(List.of(text.split(",", -1)));
    }

    /** Audiences and computed traits are none of this platform's, so a class that is asked for has no traits. */
    private static @Nullable String traitClass(RoutingContext context) {
        String name = context.request().getParam("class");
        if (name != null && !TRAIT_CLASSES.contains(name)) {
            throw new PlatformException(
                    Problem.INVALID_REQUEST, "class: " + name + " (expected: audience or computed_trait)");
        }
        return name;
    }

    // ---- taking an identifier away

    private Future<String> takeAway(RoutingContext context, Profile profile) {
        ActorId lookup = Identifiers.read(profile.root().workspace(), parameter(context, "identifier"));
        if (!lookup.type().equals(ActorId.USER)) {
            throw new PlatformException(
                    Problem.INVALID_REQUEST, "a valid user_id is required; unsupported " + lookup.type());
        }
        ActorId id = identifier(context, profile.root().workspace());
        if (id.isGroup()) {
            throw new ProfileRefusal(
                    Problem.INVALID_REQUEST, "unsupported_eid_type", "unsupported external id type: group_id");
        }
        if (id.equals(lookup)) {
            throw new PlatformException(
                    Problem.INVALID_REQUEST, "external id specification must differ from lookup id");
        }
        if (!profile.identifiers().containsKey(id)) {
            throw new ProfileRefusal(Problem.NOT_FOUND, "eid_not_found", "external identifier not found");
        }
        return profiles.detach(id, UUID.randomUUID().toString()).map(ProfileApi::tookAway);
    }

    private static String tookAway(Decision.Verdict verdict) {
        return switch (verdict) {
            case DECIDED, WAITS, REPEATED ->
                new JsonObject()
                        .put("code", "success")
                        .put("message", "external identifier has been deleted")
                        .encode();
            case NOTHING_TO_DO, REFUSED ->
                throw new PlatformException(
                        Problem.INVALID_REQUEST, "the profile has no other identifier (expected: one of several)");
        };
    }

    private static ActorId identifier(RoutingContext context, String workspace) {
        try {
            JsonObject body = context.body().asJsonObject();
            JsonArray ids = body == null ? null : body.getJsonArray("delete_external_ids");
            if (ids != null && ids.size() == 1) {
                JsonObject id = ids.getJsonObject(0);
                return Identifiers.of(workspace, id.getString("type", ""), id.getString("id", ""));
            }
            throw new PlatformException(
                    Problem.INVALID_REQUEST,
                    ids == null
                            ? "delete_external_ids: missing (expected: a list of one {id, type})"
                            : "only one external_id can be deleted at a time");
        } catch (DecodeException | ClassCastException e) {
            throw new PlatformException(Problem.INVALID_REQUEST, "the body is no JSON of this request", e);
        }
    }
}
