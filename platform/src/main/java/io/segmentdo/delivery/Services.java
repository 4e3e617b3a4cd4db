package io.segmentdo.delivery;

import io.micrometer.core.instrument.MeterRegistry;
import io.segmentdo.destination.Catalogue;
import io.segmentdo.store.Outbox;
import io.segmentdo.store.PartitionStore;
import io.vertx.core.Vertx;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * What all lanes share.
 *
 * @param tails the last position of each partition's outbox, as far as it was announced
 */
record Services(
        DeliveryConfig config,
        NetworkGuard guard,
        Vertx vertx,
        PartitionStore store,
        Outbox outbox,
        AtomicLongArray tails,
        Catalogue catalogue,
        MeterRegistry meters,
        InstantSource clock,
        StateFiles states) {}
