/**
 * RocksDB as the spool and the embedded store use it: opened with its column families, guarded against use after close,
 * opened again after a disk failure.
 */
@NullMarked
package io.segmentdo.rocks;

import org.jspecify.annotations.NullMarked;
