package io.segmentdo.collect;

import io.micrometer.core.instrument.MeterRegistry;
import io.segmentdo.telemetry.Discards;
import java.time.InstantSource;

/**
 * What the collector uses of the node around it, apart from the way of the events.
 *
 * @param discards where everything that is not taken is counted
 * @param meters where the meters are registered
 * @param clock the time of arrival
 */
public record Ties(Discards discards, MeterRegistry meters, InstantSource clock) {}
