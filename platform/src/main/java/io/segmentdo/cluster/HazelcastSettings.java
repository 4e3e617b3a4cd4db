package io.segmentdo.cluster;

import com.hazelcast.config.Config;
import com.hazelcast.config.JoinConfig;
import com.hazelcast.config.KubernetesConfig;
import com.hazelcast.config.NetworkConfig;
import com.hazelcast.config.SocketInterceptorConfig;
import io.segmentdo.problem.PlatformException;
import io.segmentdo.problem.Problem;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Map;

/** Hazelcast's configuration, made from ours: one interface, no multicast, nobody called at home. Pure. */
final class HazelcastSettings {
    static final String NODE_ID = "__vertx.nodeId";
    static final String LANES = "segmentdo.lanes";

    private static final int MERGE_DELAY_SECONDS = 5;

    private HazelcastSettings() {}

    static Config of(ClusterConfig config, int partitions, String nodeId, int lanes, Handshake handshake) {
        Config settings = new Config().setClusterName(config.name()).setLiteMember(true);
        properties(config, partitions).forEach(settings::setProperty);
        settings.getMemberAttributeConfig().setAttribute(NODE_ID, nodeId).setAttribute(LANES, String.valueOf(lanes));
        settings.getJetConfig().setEnabled(false);
        settings.getMetricsConfig().setEnabled(false);
        network(settings.getNetworkConfig(), config, handshake);
        return settings;
    }

    /** So many threads are enough for a table of members and addresses. */
    private static Map<String, String> properties(ClusterConfig config, int partitions) {
        return Map.ofEntries(
                Map.entry("hazelcast.partition.count", String.valueOf(partitions)),
                Map.entry(
                        "hazelcast.heartbeat.interval.seconds",
                        String.valueOf(config.heartbeat().toSeconds())),
                Map.entry(
                        "hazelcast.max.no.heartbeat.seconds",
                        String.valueOf(config.heartbeatTimeout().toSeconds())),
                Map.entry("hazelcast.merge.first.run.delay.seconds", String.valueOf(MERGE_DELAY_SECONDS)),
                Map.entry("hazelcast.merge.next.run.delay.seconds", String.valueOf(MERGE_DELAY_SECONDS)),
                Map.entry("hazelcast.socket.bind.any", "false"),
                Map.entry("hazelcast.phone.home.enabled", "false"),
                Map.entry("hazelcast.shutdownhook.enabled", "false"),
                Map.entry("hazelcast.health.monitoring.level", "OFF"),
                Map.entry("hazelcast.logging.type", "slf4j"),
                Map.entry("hazelcast.operation.thread.count", "2"),
                Map.entry("hazelcast.operation.generic.thread.count", "2"),
                Map.entry("hazelcast.io.thread.count", "1"),
                Map.entry("hazelcast.event.thread.count", "1"));
    }

    private static void network(NetworkConfig network, ClusterConfig config, Handshake handshake) {
        String address = address(config.host());
        network.setPort(config.port())
                .setPortAutoIncrement(false)
                .setPublicAddress(address + ":" + config.port())
                .setSocketInterceptorConfig(
                        new SocketInterceptorConfig().setEnabled(true).setImplementation(handshake));
        network.getInterfaces().setEnabled(true).addInterface(address);
        JoinConfig join = network.getJoin();
        join.getAutoDetectionConfig().setEnabled(false);
        join.getMulticastConfig().setEnabled(false);
        if (config.kubernetes().isEnabled()) {
            kubernetes(join.getKubernetesConfig(), config);
        } else {
            join.getTcpIpConfig().setEnabled(true);
            config.members().forEach(join.getTcpIpConfig()::addMember);
        }
    }

    private static void kubernetes(KubernetesConfig join, ClusterConfig config) {
        io.segmentdo.cluster.KubernetesConfig kubernetes = config.kubernetes();
        join.setEnabled(true);
        if (kubernetes.service().isEmpty()) {
            join.setProperty("service-dns", kubernetes.serviceDns());
            return;
        }
        join.setProperty("service-name", kubernetes.service());
        if (!kubernetes.namespace().isEmpty()) {
            join.setProperty("namespace", kubernetes.namespace());
        }
    }

    private static String address(String host) {
        try {
            return InetAddress.getByName(host).getHostAddress();
        } catch (UnknownHostException e) {
            throw new PlatformException(
                    Problem.INVALID_CONFIG, "cluster.host: " + host + " (expected: an address of this node)", e);
        }
    }
}
