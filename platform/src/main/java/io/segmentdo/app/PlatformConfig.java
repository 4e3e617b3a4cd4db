package io.segmentdo.app;

import io.segmentdo.config.Doc;
import io.segmentdo.control.ControlConfig;
import io.segmentdo.identity.IdentityConfig;
import io.segmentdo.store.StoreConfig;
import io.segmentdo.telemetry.TelemetryConfig;

/**
 * Everything that can be configured; each package gets its own part and never the tree.
 *
 * <p>Immutable.
 */
public record PlatformConfig(
        @Doc("Where the node lives and how it ends.") AppConfig app,
        @Doc("The address of the node and its HTTP server.") HttpConfig http,

        @Doc("How the state of the identity partitions is kept.")
        StoreConfig store,

        @Doc("The bounds of identity resolution.") IdentityConfig identity,

        @Doc("The control plane: workspaces, API, metrics page.")
        ControlConfig control,

        @Doc("Logs, metrics, and samples of what was discarded.")
        TelemetryConfig telemetry) {
    public static final PlatformConfig DEFAULT = new PlatformConfig(
            AppConfig.DEFAULT,
            HttpConfig.DEFAULT,
            StoreConfig.DEFAULT,
            IdentityConfig.DEFAULT,
            ControlConfig.DEFAULT,
            TelemetryConfig.DEFAULT);
}
