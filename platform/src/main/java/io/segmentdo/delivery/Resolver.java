package io.segmentdo.delivery;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.net.InetAddress;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The addresses of hosts as the guard lets them pass, kept for a short while. Confined to an event loop. */
final class Resolver {
    private static final long KEPT_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final int HOSTS_MAX = 256;

    private record Place(String host, int port) {}

    private record Found(List<InetAddress> addresses, long nanos) {}

    private final Vertx vertx;
    private final NetworkGuard guard;
    private final Map<Place, Found> found = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Place, Found> eldest) {
            return size() > HOSTS_MAX;
        }
    };

    Resolver(Vertx vertx, NetworkGuard guard) {
        this.vertx = vertx;
        this.guard = guard;
    }

    /** An address of a host that may be connected to; fails with the reason when there is none. */
    Future<InetAddress> resolve(String host, int port) {
        Place place = new Place(host, port);
        Found known = found.get(place);
        if (known != null && System.nanoTime() - known.nanos() < KEPT_NANOS) {
            return Future.succeededFuture(known.addresses().getFirst());
        }
        return vertx.executeBlocking(() -> new Found(guard.resolve(host, port), System.nanoTime()), false)
                .map(now -> {
                    found.put(place, Objects.requireNonNull(now));
                    return now.addresses().getFirst();
                });
    }

    /** An address did not answer: the next one is used first, or the name is looked up again. */
    void failed(String host, int port, InetAddress address) {
        Place place = new Place(host, port);
        @Nullable Found known = found.get(place);
        if (known != null && known.addresses().getFirst().equals(address)) {
            found.remove(place);
            if (known.addresses().size() > 1) {
                List<InetAddress> others =
                        known.addresses().subList(1, known.addresses().size());
                found.put(place, new Found(others, known.nanos()));
            }
        }
    }
}
