/**
 * Events as they travel: the six calls of the Segment spec, parsed once, carried as bytes. Pure: no clock, no I/O, no Vert.x.
 */
@NullMarked
package io.segmentdo.event;

import org.jspecify.annotations.NullMarked;
