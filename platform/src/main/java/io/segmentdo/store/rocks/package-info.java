/**
 * The embedded engine of the store: one RocksDB database per node.
 */
@NullMarked
package io.segmentdo.store.rocks;

import org.jspecify.annotations.NullMarked;
