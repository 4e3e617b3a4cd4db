package io.segmentdo.store.postgres;

import io.vertx.core.Vertx;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.NetSocket;
import java.util.HashSet;
import java.util.Set;

/**
 * A network between a store and its database that breaks a connection at a chosen chunk of bytes, in whichever direction
 * that goes, before or after it has come through. Safe for concurrent use.
 */
public final class CuttingProxy implements AutoCloseable {
    private final Vertx vertx = Vertx.vertx();
    private final NetClient client = vertx.createNetClient();
    private final NetServer server;
    private final Set<NetSocket> connections = new HashSet<>();
    private boolean isAway;
    private int chunksLeft = -1;
    private boolean isDelivered;
    private int cuts;

    CuttingProxy(int port) {
        this("127.0.0.1", port);
    }

    /** Listens on an address of this machine, and leads to a port of its loopback interface. */
    public CuttingProxy(String host, int port) {
        server = vertx.createNetServer(new NetServerOptions().setHost(host).setPort(0))
                .connectHandler(near -> {
                    if (!admit(near)) {
                        near.close();
                        return;
                    }
                    near.pause();
                    client.connect(port, "127.0.0.1")
                            .onSuccess(far -> {
                                pipe(near, far);
                                pipe(far, near);
                                near.resume();
                            })
                            .onFailure(e -> near.close());
                });
        server.listen().await();
    }

    /** The port that it listens on. */
    public int port() {
        return server.actualPort();
    }

    private void pipe(NetSocket from, NetSocket to) {
        from.closeHandler(ignored -> to.close());
        from.handler(chunk -> {
            boolean isCut = countDown();
            if (isCut && !isDelivered()) {
                from.close();
                to.close();
                return;
            }
            to.write(chunk).onComplete(ignored -> {
                if (isCut) {
                    from.close();
                    to.close();
                }
            });
        });
    }

    private synchronized boolean admit(NetSocket near) {
        connections.add(near);
        return !isAway;
    }

    /** Ends all connections, and the coming ones too, until it is back. */
    void goAway(boolean away) {
        Set<NetSocket> ended;
        synchronized (this) {
            isAway = away;
            ended = Set.copyOf(connections);
            connections.clear();
        }
        ended.forEach(NetSocket::close);
    }

    private synchronized boolean countDown() {
        boolean isCut = chunksLeft == 0;
        chunksLeft = Math.max(-1, chunksLeft - 1);
        cuts += isCut ? 1 : 0;
        return isCut;
    }

    private synchronized boolean isDelivered() {
        return isDelivered;
    }

    /** Breaks at the n-th chunk from now on; below 0 for never. */
    synchronized void cutAt(int chunk, boolean afterDelivery) {
        chunksLeft = chunk;
        isDelivered = afterDelivery;
    }

    /** How often it broke. */
    synchronized int cuts() {
        return cuts;
    }

    @Override
    public void close() {
        vertx.close().await();
    }
}
