/** The commands behind docs/performance.md: a load generator, its baselines and the figures they print. */
@NullMarked
package io.segmentdo.benchmarks;

import org.jspecify.annotations.NullMarked;
