/**
 * This node's durable log of accepted events: a request is answered when its record has been synced to disk, and a record
 * is cut off when the owners of all its events have committed them.
 */
@NullMarked
package io.segmentdo.spool;

import org.jspecify.annotations.NullMarked;
