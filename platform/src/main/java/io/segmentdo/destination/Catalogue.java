package io.segmentdo.destination;

import io.segmentdo.api.Descriptor;
import io.segmentdo.api.Destination;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The kinds of destinations that there are, which may come, change and go at any time.
 *
 * <p>Safe for concurrent use.
 */
public interface Catalogue {
    /** What is known now, by id. */
    List<Descriptor> descriptors();

    /** Borrows a destination: it stays usable until the lease is closed, also when it was replaced or removed meanwhile. */
    Optional<Lease> lease(String id);

    /** Tells which destination came, changed or went, on any thread; the listener must not block. Closing ends it. */
    AutoCloseable onChange(Consumer<String> listener);

    /** A borrowed destination. */
    interface Lease extends AutoCloseable {
        /** The destination itself; not to be used after {@link #close}. */
        Destination destination();

        /** What it declared when it was loaded. */
        Descriptor descriptor();

        /** Gives it back; closing again changes nothing. */
        @Override
        void close();
    }
}
