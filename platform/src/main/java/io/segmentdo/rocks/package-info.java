/**
 * What the logs of a node share: RocksDB, opened with its column families, guarded against use after close and opened again
 * after a disk failure, and the newest entries in memory.
 */
@NullMarked
package io.segmentdo.rocks;

import org.jspecify.annotations.NullMarked;
