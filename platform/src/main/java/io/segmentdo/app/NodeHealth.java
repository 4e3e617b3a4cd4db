package io.segmentdo.app;

import io.segmentdo.cluster.Claims;
import io.segmentdo.control.Health;
import io.segmentdo.control.Health.Report;
import io.segmentdo.delivery.Deliveries;
import io.segmentdo.delivery.DestinationStatus;
import io.segmentdo.plugin.Plugins;
import io.segmentdo.spool.Spool;
import io.segmentdo.store.postgres.PostgresPartitionStore;
import io.segmentdo.warehouse.Warehouse;
import java.util.List;
import java.util.Optional;

/** What the parts of a node say about how they are. */
final class NodeHealth {
    private final Health health;

    NodeHealth(Health health) {
        this.health = health;
    }

    void watch(Spool spool, Claims claims, Deliveries deliveries, Plugins plugins, Optional<Warehouse> warehouse) {
        health.register(
                "spool",
                () -> spool.refusal()
                        .map(problem -> Report.notReady(String.valueOf(problem.getMessage())))
                        .orElse(Report.OK));
        health.register("partitions", () -> partitions(claims));
        health.register("destinations", () -> destinations(deliveries));
        warehouse.ifPresent(loading -> health.register(
                "warehouse", () -> loading.trouble().map(Report::degraded).orElse(Report.OK)));
        health.register("plugins", () -> plugins(plugins));
    }

    /**
     * A node that has never had its partitions is not ready, nor is one that is refused them for long; a short while is what
     * a move takes, and while the store is away events are still taken.
     */
    private static Report partitions(Claims claims) {
        int missing = claims.missing();
        String reason = missing + " partitions of this node are not owned by it yet";
        if (claims.isReady()) {
            return missing == 0 ? Report.OK : Report.degraded(reason);
        }
        return Report.notReady(missing == 0 ? "this node has not been given its partitions yet" : reason);
    }

    /** While the database is away events are still taken, into the spool. */
    void watch(PostgresPartitionStore store) {
        health.register(
                "store",
                () -> store.awayBecause()
                        .map(reason -> Report.degraded("PostgreSQL is away, events wait in the spool: " + reason))
                        .orElse(Report.OK));
    }

    private static Report destinations(Deliveries deliveries) {
        List<String> troubled = deliveries.statuses().stream()
                .filter(NodeHealth::isTroubled)
                .map(status -> status.destination() + " is " + status.state() + ": " + status.reason())
                .toList();
        return troubled.isEmpty() ? Report.OK : Report.degraded(String.join("; ", troubled));
    }

    private static boolean isTroubled(DestinationStatus status) {
        return switch (status.state()) {
            case RUNNING, DISABLED, THROTTLED -> false;
            case WAITING, UNAUTHORIZED, BROKEN, FULL, STUCK -> true;
        };
    }

    private static Report plugins(Plugins plugins) {
        return plugins.problems().isEmpty() ? Report.OK : Report.degraded(String.valueOf(plugins.problems()));
    }
}
