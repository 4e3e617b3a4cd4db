/**
 * Where events go to: configured destinations, the connections that feed them and their subscriptions.
 */
@NullMarked
package io.segmentdo.destination;

import org.jspecify.annotations.NullMarked;
