package io.segmentdo.cluster;

import com.hazelcast.core.LifecycleEvent;
import com.hazelcast.core.LifecycleEvent.LifecycleState;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.spi.cluster.NodeInfo;
import io.vertx.core.spi.cluster.RegistrationInfo;
import io.vertx.spi.cluster.hazelcast.HazelcastClusterManager;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Whether the others know how this node's event bus is reached.
 *
 * <p>When a member that had been left out is back, others may still be removing what belonged to it, and remove what it has
 * just said anew. Nobody would notice: it is a member, and nothing reaches it. Safe for concurrent use; no call blocks.
 */
final class Reachability {
    private final Vertx vertx;
    private final HazelcastClusterManager manager;
    private final String node;
    private final AtomicBoolean underWay = new AtomicBoolean();

    Reachability(Vertx vertx, HazelcastClusterManager manager, String node) {
        this.vertx = vertx;
        this.manager = manager;
        this.node = node;
    }

    /** Says again where everything is here, if an address of this node, or the node itself, is not known; one at a time. */
    void restore(String address) {
        if (!underWay.compareAndSet(false, true)) {
            return; // while a cluster falls apart an answer may take a minute, and holds a thread
        }
        Promise<List<RegistrationInfo>> registrations = Promise.promise();
        manager.getRegistrations(address, registrations);
        Promise<NodeInfo> info = Promise.promise();
        manager.getNodeInfo(node, info);
        Future.join(registrations.future(), info.future()).onComplete(ignored -> {
            underWay.set(false);
            boolean isKnown = info.future().succeeded()
                    && registrations.future().succeeded()
                    && registrations.future().result().stream()
                            .anyMatch(known -> known.nodeId().equals(node));
            if (!isKnown) {
                // what the manager does when two halves of a cluster have become one
                vertx.executeBlocking(() -> {
                    manager.stateChanged(new LifecycleEvent(LifecycleState.MERGED));
                    return true;
                });
            }
        });
    }
}
