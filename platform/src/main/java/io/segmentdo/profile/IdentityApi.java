package io.segmentdo.profile;

import io.segmentdo.identity.ActorId;
import io.segmentdo.identity.Decision;
import io.segmentdo.identity.DryRun;
import io.segmentdo.identity.Fact;
import io.segmentdo.identity.IdentityRules;
import io.segmentdo.identity.Profile;
import io.segmentdo.rest.Endpoint;
import io.segmentdo.rest.RequestBody;
import io.vertx.core.Future;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;

/**
 * Who somebody is and why, undoing what was decided, and trying changed rules: below {@code /v1/workspaces/:workspace}.
 * Access is the guard's matter, which stands before it.
 *
 * <p>Safe for concurrent use.
 */
public final class IdentityApi {
    private static final String PROFILE = "/v1/workspaces/:workspace/profiles/:identifier";
    private static final String DRY_RUN = "/v1/workspaces/:workspace/identity/dry-run";
    private static final int BODY_MAX = 16 << 10;
    private static final int RULES_MAX = 1 << 20;
    private static final int EXAMPLES = 20;

    private final Profiles profiles;
    private final Function<String, IdentityRules> reader;

    /** @param reader reads rules from YAML, alone or as the section of a workspace; its failures are the caller's */
    public IdentityApi(Profiles profiles, Function<String, IdentityRules> reader) {
        this.profiles = profiles;
        this.reader = reader;
    }

    /** Adds the routes. */
    public void mount(Router router) {
        router.get(PROFILE)
                .putMetadata(Endpoint.ABOUT, "The profile of an identifier.")
                .handler(Endpoint.answering(this::show));
        router.get(PROFILE + "/why")
                .putMetadata(Endpoint.ABOUT, "The facts that made its identifiers one person.")
                .handler(Endpoint.answering(this::explain));
        router.delete(PROFILE)
                .putMetadata(Endpoint.ABOUT, "Deletes the profile.")
                .handler(Endpoint.answering(context -> order(context, profiles::delete)));
        router.post(PROFILE + "/unmerge")
                .putMetadata(Endpoint.ABOUT, "Takes an absorbed profile out again.")
                .handler(Endpoint.answering(context -> order(context, profiles::unmerge)));
        router.post(PROFILE + "/detach")
                .putMetadata(Endpoint.ABOUT, "Takes an identifier away.")
                .handler(Endpoint.answering(context -> order(context, profiles::detach)));
        router.post(PROFILE + "/alias")
                .putMetadata(Endpoint.ABOUT, "Joins the person with another one.")
                .handler(Endpoint.body(BODY_MAX))
                .handler(Endpoint.answering(this::alias));
        router.post(DRY_RUN)
                .putMetadata(Endpoint.ABOUT, "What changed identity rules would make of what is recorded.")
                .handler(Endpoint.body(RULES_MAX))
                .handler(Endpoint.blocking(this::tryRules));
    }

    private String workspace(RoutingContext context) {
        return profiles.workspace(Objects.requireNonNull(context.pathParam("workspace")));
    }

    private ActorId identifier(RoutingContext context) {
        return Identifiers.read(workspace(context), Objects.requireNonNull(context.pathParam("identifier")));
    }

    // ---- who and why

    private Future<JsonObject> show(RoutingContext context) {
        return profiles.find(identifier(context)).map(IdentityApi::show);
    }

    private static JsonObject show(Profile profile) {
        JsonObject traits = new JsonObject();
        profile.traits().forEach((name, trait) -> traits.put(name, Json.decodeValue(trait.json())));
        JsonObject refused = new JsonObject();
        profile.refused().forEach((id, reason) -> refused.put(Identifiers.text(id), reason));
        return new JsonObject()
                .put("id", profile.id())
                .put("root", Identifiers.text(profile.root()))
                .put("userId", profile.userId().isEmpty() ? null : profile.userId())
                .put(
                        profile.root().isGroup() ? "members" : "identifiers",
                        texts(profile.identifiers().keySet()))
                .put("traits", traits)
                .put("groups", new JsonArray(profile.groups()))
                .put("refused", refused)
                .put("firstSeen", Answers.time(profile.first().atMillis()))
                .put("lastSeen", Answers.time(profile.last().atMillis()));
    }

    private static JsonArray texts(Collection<ActorId> ids) {
        return new JsonArray(ids.stream().map(Identifiers::text).sorted().toList());
    }

    private Future<JsonObject> explain(RoutingContext context) {
        ActorId id = identifier(context);
        Optional<ActorId> other = Optional.ofNullable(context.request().getParam("with"))
                .map(text -> Identifiers.read(id.workspace(), text));
        return profiles.find(id)
                .compose(profile ->
                        profiles.causes(profile).map(facts -> explain(profile, new Links(facts.values()), id, other)));
    }

    private static JsonObject explain(Profile profile, Links links, ActorId id, Optional<ActorId> other) {
        JsonObject answer = new JsonObject()
                .put("id", profile.id())
                .put("identifiers", texts(profile.identifiers().keySet()));
        if (other.isPresent()) {
            answer.put("same", profile.identifiers().containsKey(other.get()));
        }
        List<Fact> chain = other.map(to -> links.between(id, to)).orElseGet(() -> links.from(profile.root()));
        JsonArray shown = new JsonArray();
        chain.forEach(fact -> shown.add(show(fact)));
        return answer.put("links", shown);
    }

    private static JsonObject show(Fact fact) {
        return new JsonObject()
                .put("fact", fact.number())
                .put("left", Identifiers.text(fact.left()))
                .put("right", Identifiers.text(fact.right()))
                .put("rule", fact.rule())
                .put("messageId", fact.cause().messageId())
                .put("source", fact.cause().source())
                .put("at", Answers.time(fact.cause().atMillis()))
                .put("absorbed", fact.absorbed() == null ? null : Identifiers.text(fact.absorbed()));
    }

    // ---- orders

    private interface Order {
        Future<Decision.Verdict> give(ActorId id, String requestId);
    }

    private Future<JsonObject> order(RoutingContext context, Order order) {
        String header = context.request().getHeader("Idempotency-Key");
        String requestId =
                header == null || header.isBlank() ? UUID.randomUUID().toString() : header;
        return order.give(identifier(context), requestId)
                .map(verdict -> new JsonObject()
                        .put("decision", verdict.name().toLowerCase(Locale.ROOT))
                        .put("requestId", requestId));
    }

    private Future<JsonObject> alias(RoutingContext context) {
        String previous = RequestBody.of(context, Set.of("previous")).text("previous", "an identifier like user_id:u1");
        ActorId former = Identifiers.read(workspace(context), previous);
        return order(context, (id, requestId) -> profiles.alias(id, former, requestId));
    }

    // ---- dry run

    private JsonObject tryRules(RoutingContext context) {
        String workspace = workspace(context);
        IdentityRules rules =
                reader.apply(Objects.requireNonNullElse(context.body().asString(), ""));
        DryRun.Difference difference = profiles.dryRun(workspace, rules, EXAMPLES);
        JsonArray examples = new JsonArray();
        difference
                .examples()
                .forEach(change -> examples.add(
                        new JsonObject().put("now", persons(change.now())).put("then", persons(change.then()))));
        return new JsonObject()
                .put("workspace", workspace)
                .put("facts", difference.facts())
                .put("profiles", Map.of("now", difference.personsNow(), "then", difference.personsThen()))
                .put("mergesGained", difference.gained())
                .put("mergesLost", difference.lost())
                .put("profilesAffected", difference.affected())
                .put("notRecorded", new JsonArray(profiles.unrecordedTypes(workspace, rules)))
                .put("examples", examples);
    }

    private static JsonArray persons(List<Set<ActorId>> persons) {
        JsonArray shown = new JsonArray();
        persons.forEach(person -> shown.add(texts(person)));
        return shown;
    }
}
