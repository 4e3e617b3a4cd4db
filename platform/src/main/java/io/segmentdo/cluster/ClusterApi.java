package io.segmentdo.cluster;

import io.segmentdo.cluster.Table.TableMember;
import io.segmentdo.identity.Place;
import io.segmentdo.rest.Endpoint;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/**
 * Shows members and owners: {@code GET /v1/cluster}, behind the guard of the control API.
 *
 * <p>Safe for concurrent use.
 */
public final class ClusterApi {
    private final Optional<Cluster> cluster;
    private final Claims claims;

    /** Of this node, in this cluster or alone. */
    public ClusterApi(Optional<Cluster> cluster, Claims claims) {
        this.cluster = cluster;
        this.claims = claims;
    }

    /** Adds the route. */
    public void mount(Router router) {
        router.get("/v1/cluster")
                .putMetadata(Endpoint.ABOUT, "Members, and who owns each partition.")
                .handler(this::show);
    }

    private void show(RoutingContext context) {
        JsonObject shown = new JsonObject()
                .put("enabled", cluster.isPresent())
                .put(
                        "held",
                        new JsonArray(
                                new TreeSet<>(claims.held().keySet()).stream().toList()))
                .put("missing", claims.missing())
                .put("ready", claims.isReady());
        cluster.ifPresent(joined -> shown.mergeIn(describe(joined)));
        context.response()
                .putHeader(HttpHeaders.CONTENT_TYPE, "application/json")
                .putHeader(HttpHeaders.CACHE_CONTROL, "no-store")
                .end(shown.toBuffer());
    }

    private static JsonObject describe(Cluster cluster) {
        Table table = cluster.table();
        JsonArray owners = new JsonArray();
        Map<String, Integer> counts = new HashMap<>();
        for (Place place : table.places()) {
            owners.add(place == null ? null : place.member());
            if (place != null) {
                counts.merge(place.member(), 1, Integer::sum);
            }
        }
        JsonArray members = new JsonArray();
        for (TableMember member : table.members().values()) {
            members.add(new JsonObject()
                    .put("name", member.name())
                    .put("address", member.address())
                    .put("lanes", member.lanes())
                    .put("passive", member.isPassive())
                    .put("partitions", counts.getOrDefault(member.name(), 0)));
        }
        return new JsonObject()
                .put("name", cluster.config().name())
                .put("member", cluster.name())
                .put("members", members)
                .put("owners", owners);
    }
}
