package io.segmentdo.delivery;

import io.segmentdo.api.Descriptor;
import io.segmentdo.api.Destination;
import io.segmentdo.destination.Catalogue;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** Destinations of the test's own, without JARs. */
final class FakeCatalogue implements Catalogue {
    private final Map<String, Destination> destinations = new ConcurrentHashMap<>();
    private final List<Consumer<String>> listeners = new CopyOnWriteArrayList<>();
    private final AtomicInteger leases = new AtomicInteger();

    void put(Destination destination) {
        String id = destination.descriptor().id();
        destinations.put(id, destination);
        listeners.forEach(listener -> listener.accept(id));
    }

    /** How many leases are open. */
    int leases() {
        return leases.get();
    }

    @Override
    public List<Descriptor> descriptors() {
        return destinations.values().stream().map(Destination::descriptor).toList();
    }

    @Override
    public Optional<Lease> lease(String id) {
        Destination destination = destinations.get(id);
        if (destination == null) {
            return Optional.empty();
        }
        leases.incrementAndGet();
        return Optional.of(new Lease() {
            @Override
            public Destination destination() {
                return destination;
            }

            @Override
            public Descriptor descriptor() {
                return destination.descriptor();
            }

            @Override
            public void close() {
                leases.decrementAndGet();
            }
        });
    }

    @Override
    public AutoCloseable onChange(Consumer<String> listener) {
        listeners.add(listener);
        return () -> listeners.remove(listener);
    }
}
