/**
 * The tracking endpoints: every path, form of authentication and leniency of the Segment API, on raw HTTP requests. What is
 * answered with success is durable; what is not taken is counted with its reason.
 */
@NullMarked
package io.segmentdo.collect;

import org.jspecify.annotations.NullMarked;
