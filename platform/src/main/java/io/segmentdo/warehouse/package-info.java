/**
 * The warehouse: every identified event in Apache Iceberg tables within seconds. A consumer of the outbox writes Parquet
 * files and commits them together with its cursors, so each event is there exactly once; upkeep keeps files few and large.
 */
@NullMarked
package io.segmentdo.warehouse;

import org.jspecify.annotations.NullMarked;
