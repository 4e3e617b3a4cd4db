/** Keeps the tables small and fast: joins files, forgets old states, sweeps up what no table refers to. */
@NullMarked
package io.segmentdo.warehouse.upkeep;

import org.jspecify.annotations.NullMarked;
