package io.segmentdo.app;

import static io.segmentdo.config.Checks.check;

import io.segmentdo.cluster.ClusterConfig;
import io.segmentdo.collect.CollectConfig;
import io.segmentdo.config.Doc;
import io.segmentdo.control.ControlConfig;
import io.segmentdo.delivery.DeliveryConfig;
import io.segmentdo.identity.IdentityConfig;
import io.segmentdo.plugin.PluginsConfig;
import io.segmentdo.profile.ProfileConfig;
import io.segmentdo.route.RouteConfig;
import io.segmentdo.spool.SpoolConfig;
import io.segmentdo.store.OutboxConfig;
import io.segmentdo.store.StoreConfig;
import io.segmentdo.telemetry.TelemetryConfig;
import io.segmentdo.warehouse.WarehouseConfig;

/**
 * Everything that can be configured; each package gets its own part and never the tree.
 *
 * <p>Immutable.
 */
public record PlatformConfig(
        @Doc("Where the node lives and how it ends.") AppConfig app,
        @Doc("The address of the node and its HTTP server.") HttpConfig http,
        @Doc("The tracking API.") CollectConfig collect,

        @Doc("The durable log of accepted events on this node.")
        SpoolConfig spool,

        @Doc("The way from the spool to identity.") RouteConfig route,
        @Doc("The bounds of identity resolution.") IdentityConfig identity,

        @Doc("How nodes share the partitions.") ClusterConfig cluster,

        @Doc("How the state of the identity partitions is kept.")
        StoreConfig store,

        @Doc("The log of identified events that destinations read.")
        OutboxConfig outbox,

        @Doc("How events are delivered to destinations.") DeliveryConfig delivery,
        @Doc("How events get into the warehouse.") WarehouseConfig warehouse,
        @Doc("The Profile API.") ProfileConfig profile,
        @Doc("Where plugins come from.") PluginsConfig plugins,

        @Doc("The control plane: workspaces, API, metrics page.")
        ControlConfig control,

        @Doc("Logs, metrics, and samples of what was discarded.")
        TelemetryConfig telemetry) {
    public static final PlatformConfig DEFAULT = new PlatformConfig(
            AppConfig.DEFAULT,
            HttpConfig.DEFAULT,
            CollectConfig.DEFAULT,
            SpoolConfig.DEFAULT,
            RouteConfig.DEFAULT,
            IdentityConfig.DEFAULT,
            ClusterConfig.DEFAULT,
            StoreConfig.DEFAULT,
            OutboxConfig.DEFAULT,
            DeliveryConfig.DEFAULT,
            WarehouseConfig.DEFAULT,
            ProfileConfig.DEFAULT,
            PluginsConfig.DEFAULT,
            ControlConfig.DEFAULT,
            TelemetryConfig.DEFAULT);

    public PlatformConfig {
        check(
                !cluster.enabled() || store.engine() == StoreConfig.Engine.POSTGRES,
                "store.engine",
                store.engine(),
                "postgres, which the members of a cluster share");
    }
}
