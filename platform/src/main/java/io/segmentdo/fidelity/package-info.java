/**
 * How closely installed destinations do what Segment's do: replays recorded exchanges, settings and events in, requests
 * out, and compares. Nothing is sent.
 */
@NullMarked
package io.segmentdo.fidelity;

import org.jspecify.annotations.NullMarked;
