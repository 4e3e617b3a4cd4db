/**
 * The shared engine of the store: one PostgreSQL database for all members of a cluster.
 */
@NullMarked
package io.segmentdo.store.postgres;

import org.jspecify.annotations.NullMarked;
