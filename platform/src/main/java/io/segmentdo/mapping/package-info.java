/**
 * From an event to what a destination wants: FQL expressions choose events, mapping directives shape them. Both are
 * compiled once and then applied to plain JDK maps and lists. Pure: no clock, no I/O, no Vert.x.
 */
@NullMarked
package io.segmentdo.mapping;

import org.jspecify.annotations.NullMarked;
