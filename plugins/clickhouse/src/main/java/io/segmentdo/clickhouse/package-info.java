/** Loads events into tables of ClickHouse over its HTTP interface. */
@NullMarked
package io.segmentdo.clickhouse;

import org.jspecify.annotations.NullMarked;
