package io.segmentdo.cluster;

import static io.segmentdo.config.Checks.check;

import io.segmentdo.config.Doc;
import io.segmentdo.config.Secret;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * How nodes find each other and share the identity partitions.
 *
 * <p>Immutable.
 */
public record ClusterConfig(
        @Doc("Whether this node is a member of a cluster; all members share one PostgreSQL store (`store.engine`).")
        boolean enabled,

        @Doc("Names the cluster; members of another name are not joined.")
        String name,

        @Doc("What members know each other by, the same on all of them, 16 characters or more; needed when enabled.")
        Optional<Secret> secret,

        @Doc("The address at which other members reach this one, and the only one that is listened on.")
        String host,

        @Doc("The port for membership, 1 to 65535.") int port,

        @Doc("The port for events between members, 1 to 65535.")
        int busPort,

        @Doc(
                "Members to join by, as `host:port`; any of them is enough. Without any, and without Kubernetes, the node starts a"
                        + " cluster of its own that others join.")
        List<String> members,

        @Doc("Joining by what Kubernetes knows.") KubernetesConfig kubernetes,

        @Doc("How often members tell that they are alive, 1s or more; whole seconds.")
        Duration heartbeat,

        @Doc("After how long without a heartbeat a member is left out, more than two heartbeats; whole seconds.")
        Duration heartbeatTimeout,

        @Doc("Encryption of the events between members.") ClusterTlsConfig tls) {
    public static final ClusterConfig DEFAULT = new ClusterConfig(
            false,
            "segmentdo",
            Optional.empty(),
            "127.0.0.1",
            5701,
            5702,
            List.of(),
            KubernetesConfig.DEFAULT,
            Duration.ofSeconds(1),
            Duration.ofSeconds(5),
            ClusterTlsConfig.DEFAULT);

    private static final int SECRET_LENGTH_MIN = 16;

    public ClusterConfig {
        members = List.copyOf(members);
        check(!name.isBlank(), "name", name, "a name");
        check(
                !enabled || secret.map(Secret::reveal).orElse("").length() >= SECRET_LENGTH_MIN,
                "secret",
                secret.isEmpty() ? "" : "***",
                SECRET_LENGTH_MIN + " characters or more, the same on all members");
        check(
                !host.isBlank() && !host.equals("0.0.0.0") && !host.equals("::"),
                "host",
                host,
                "one address of this node");
        check(port >= 1 && port <= 65_535, "port", port, "1 to 65535");
        check(busPort >= 1 && busPort <= 65_535 && busPort != port, "bus-port", busPort, "1 to 65535 and not port");
        check(
                members.isEmpty() || !kubernetes.isEnabled(),
                "members",
                members,
                "none when the members are found by Kubernetes");
        check(heartbeat.toSeconds() >= 1, "heartbeat", heartbeat, ">= 1s");
        check(
                heartbeatTimeout.compareTo(heartbeat.multipliedBy(2)) > 0,
                "heartbeat-timeout",
                heartbeatTimeout,
                "more than two heartbeats");
    }
}
