/**
 * What the platform says about itself: meters, logs, samples of what was discarded, and the ledger that must balance.
 */
@NullMarked
package io.segmentdo.telemetry;

import org.jspecify.annotations.NullMarked;
