package io.segmentdo.control;

import io.segmentdo.identity.Colleagues;
import io.segmentdo.rest.Endpoint;
import io.segmentdo.telemetry.Discards;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Shows what was not taken, by all members: {@code GET /v1/discards}, behind the guard of the control API.
 *
 * <p>Safe for concurrent use.
 */
public final class DiscardsApi {
    private static final String TOPIC = "discards";
    private static final int SAMPLES_DEFAULT = 100;

    private record Kind(String source, String reason) {}

    private final Discards discards;
    private final Colleagues colleagues;

    public DiscardsApi(Discards discards, Colleagues colleagues) {
        this.discards = discards;
        this.colleagues = colleagues;
        colleagues.answer(TOPIC, this::here);
    }

    /** Adds the route. */
    public void mount(Router router) {
        router.get("/v1/discards")
                .putMetadata(Endpoint.ABOUT, "What was not taken: counts by source and reason, samples.")
                .handler(this::show);
    }

    private void show(RoutingContext context) {
        int limit = Endpoint.parameter(context, "limit", SAMPLES_DEFAULT, 1, 10_000);
        JsonObject question = new JsonObject()
                .put("source", context.request().getParam("source"))
                .put("reason", context.request().getParam("reason"))
                .put("limit", limit);
        colleagues
                .askAll(TOPIC, question)
                .onSuccess(answers -> {
                    List<JsonObject> all = new ArrayList<>(answers.byMember().values());
                    all.add(here(question));
                    JsonObject shown = merge(all, limit);
                    if (!answers.silent().isEmpty()) {
                        shown.put("silent", new JsonArray(answers.silent()));
                    }
                    context.response()
                            .putHeader(HttpHeaders.CONTENT_TYPE, "application/json")
                            .putHeader(HttpHeaders.CACHE_CONTROL, "no-store")
                            .end(shown.toBuffer());
                })
                .onFailure(context::fail);
    }

    /** What this member has not taken. */
    private JsonObject here(JsonObject question) {
        Optional<String> source = Optional.ofNullable(question.getString("source"));
        Optional<String> reason = Optional.ofNullable(question.getString("reason"));
        JsonArray counts = new JsonArray();
        discards.counts().stream()
                .filter(count -> source.map(count.source()::equals).orElse(true))
                .filter(count -> reason.map(count.reason()::equals).orElse(true))
                .forEach(count -> counts.add(new JsonObject()
                        .put("source", count.source())
                        .put("reason", count.reason())
                        .put("events", count.events())));
        JsonArray samples = new JsonArray();
        discards.samples().stream()
                .filter(sample -> source.map(sample.source()::equals).orElse(true))
                .filter(sample -> reason.map(sample.reason()::equals).orElse(true))
                .limit(question.getInteger("limit"))
                .forEach(sample -> samples.add(new JsonObject()
                        .put("source", sample.source())
                        .put("reason", sample.reason())
                        .put("detail", sample.detail())
                        .put("excerpt", sample.excerpt())
                        .put("at", sample.at().toString())));
        return new JsonObject().put("counts", counts).put("samples", samples);
    }

    /** Counts of all members added up, the most frequent first, and their newest samples. */
    private static JsonObject merge(List<JsonObject> all, int limit) {
        Map<Kind, Long> sums = new LinkedHashMap<>();
        List<JsonObject> samples = new ArrayList<>();
        for (JsonObject one : all) {
            for (Object count : one.getJsonArray("counts")) {
                JsonObject counted = (JsonObject) count;
                sums.merge(
                        new Kind(counted.getString("source"), counted.getString("reason")),
                        counted.getLong("events"),
                        Long::sum);
            }
            one.getJsonArray("samples").forEach(sample -> samples.add((JsonObject) sample));
        }
        JsonArray counts = new JsonArray();
        sums.entrySet().stream()
                .sorted(Map.Entry.<Kind, Long>comparingByValue().reversed())
                .forEach(sum -> counts.add(new JsonObject()
                        .put("source", sum.getKey().source())
                        .put("reason", sum.getKey().reason())
                        .put("events", sum.getValue())));
        List<JsonObject> newest = samples.stream()
                .sorted(Comparator.comparing((JsonObject sample) -> Instant.parse(sample.getString("at")))
                        .reversed())
                .limit(limit)
                .toList();
        return new JsonObject().put("counts", counts).put("samples", new JsonArray(newest));
    }
}
