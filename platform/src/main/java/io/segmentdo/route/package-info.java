/**
 * Carries accepted events from this node's spool to the owners of their identity partitions, in order, and releases the
 * spool when an owner has committed.
 */
@NullMarked
package io.segmentdo.route;

import org.jspecify.annotations.NullMarked;
