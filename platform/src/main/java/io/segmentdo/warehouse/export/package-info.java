/**
 * Events as files for others: Parquet, CSV or JSON, in directories by column if wanted, in a directory of this machine or
 * in a bucket, with a manifest that says what is there.
 */
@NullMarked
package io.segmentdo.warehouse.export;

import org.jspecify.annotations.NullMarked;
