/** Loads events into tables of Google BigQuery by streaming inserts. */
@NullMarked
package io.segmentdo.bigquery;

import org.jspecify.annotations.NullMarked;
