/**
 * Which partitions are this node's, alone or among the members of a cluster: the members' common table is a hint, the
 * store's epochs and leases are the authority.
 */
@NullMarked
package io.segmentdo.cluster;

import org.jspecify.annotations.NullMarked;
