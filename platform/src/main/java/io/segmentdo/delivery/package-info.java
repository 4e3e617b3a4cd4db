/**
 * Delivery: each destination reads the outbox from its own cursors and gets every event at least once, or a dead letter
 * says why not. One thread serves one destination, so that a plugin that fails, hangs or spins costs that one only.
 */
@NullMarked
package io.segmentdo.delivery;

import org.jspecify.annotations.NullMarked;
