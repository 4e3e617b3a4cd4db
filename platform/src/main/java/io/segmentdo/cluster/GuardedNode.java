package io.segmentdo.cluster;

import com.hazelcast.instance.EndpointQualifier;
import com.hazelcast.instance.impl.DefaultNodeContext;
import com.hazelcast.instance.impl.DefaultNodeExtension;
import com.hazelcast.instance.impl.Node;
import com.hazelcast.instance.impl.NodeExtension;
import com.hazelcast.nio.MemberSocketInterceptor;

/**
 * A Hazelcast node that lets no one in before the {@link Handshake}.
 *
 * <p>The open-source edition asks its extension for an interceptor of sockets and has none of its own. This is the one place
 * that touches an internal class of Hazelcast, so its version is pinned and a test tries to join without the secret.
 */
final class GuardedNode extends DefaultNodeContext {
    private final Handshake handshake;

    GuardedNode(Handshake handshake) {
        this.handshake = handshake;
    }

    @Override
    public NodeExtension createNodeExtension(Node node) {
        return new DefaultNodeExtension(node) {
            @Override
            public MemberSocketInterceptor getSocketInterceptor(EndpointQualifier endpoint) {
                return handshake;
            }
        };
    }
}
