package io.segmentdo.warehouse.erasure;

import io.segmentdo.rest.Endpoint;
import io.segmentdo.rest.RequestBody;
import io.segmentdo.warehouse.upkeep.ErasureReceipt;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** {@code POST /v1/warehouse/erase}; access is the guard's matter, which stands before this route. */
public final class ErasureApi {
    private static final int BODY_MAX = 1 << 16;
    private static final int PROFILES_MAX = 1_000;

    private final Erasures erasures;

    public ErasureApi(Erasures erasures) {
        this.erasures = erasures;
    }

    /** Adds the route. */
    public void mount(Router router) {
        router.post("/v1/warehouse/erase")
                .putMetadata(Endpoint.ABOUT, "Erases profiles that were deleted; answers with a receipt.")
                .handler(Endpoint.body(BODY_MAX))
                .handler(Endpoint.blocking(this::erase));
    }

    private JsonObject erase(RoutingContext context) {
        RequestBody body = RequestBody.of(context, Set.of("workspace", "profiles"));
        List<String> profiles = body.texts("profiles");
        if (profiles.isEmpty() || profiles.size() > PROFILES_MAX) {
            throw body.refusal("profiles", profiles.size() + " ids", "1 to " + PROFILES_MAX + " ids of profiles");
        }
        return show(erasures.erase(body.text("workspace"), Set.copyOf(profiles)));
    }

    private static JsonObject show(Erasures.Outcome outcome) {
        ErasureReceipt receipt = outcome.receipt();
        JsonObject tables = new JsonObject();
        new TreeMap<>(receipt.tables())
                .forEach((table, removed) -> tables.put(
                        table,
                        new JsonObject()
                                .put("rows", removed.rows())
                                .put("files", removed.files())
                                .put("snapshot", String.valueOf(removed.snapshotId()))
                                .put("statesForgotten", removed.states())));
        JsonObject answer = new JsonObject()
                .put("workspace", receipt.workspace())
                .put("profiles", new JsonArray(List.copyOf(new TreeSet<>(receipt.profileIds()))))
                .put("tables", tables)
                .put("at", receipt.at().toString())
                .put("notIdentifiedYet", outcome.spooled());
        return outcome.unknown().isEmpty() ? answer : answer.put("silent", new JsonArray(outcome.unknown()));
    }
}
