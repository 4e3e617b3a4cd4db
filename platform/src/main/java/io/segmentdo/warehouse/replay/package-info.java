/**
 * Events of the past out of the warehouse into one destination: counted first, then handed over in the order of their
 * times, at a rate, with the message ids that they had.
 */
@NullMarked
package io.segmentdo.warehouse.replay;

import org.jspecify.annotations.NullMarked;
