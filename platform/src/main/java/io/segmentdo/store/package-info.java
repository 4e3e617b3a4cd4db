/**
 * The state of the identity partitions: one small interface, with an embedded engine and a shared one behind it.
 */
@NullMarked
package io.segmentdo.store;

import org.jspecify.annotations.NullMarked;
