/** Files that nobody needs for long, and that must not stay for ever. */
@NullMarked
package io.segmentdo.temporary;

import org.jspecify.annotations.NullMarked;
