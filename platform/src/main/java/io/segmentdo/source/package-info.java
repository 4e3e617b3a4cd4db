/**
 * Where events come from: sources, their kinds and their write keys.
 */
@NullMarked
package io.segmentdo.source;

import org.jspecify.annotations.NullMarked;
