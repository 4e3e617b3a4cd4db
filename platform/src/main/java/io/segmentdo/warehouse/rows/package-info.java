/** Rows, and the Parquet files they are written to. */
@NullMarked
package io.segmentdo.warehouse.rows;

import org.jspecify.annotations.NullMarked;
