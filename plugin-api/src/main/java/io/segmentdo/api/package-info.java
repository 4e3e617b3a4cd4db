/** What the author of a destination compiles against. */
@NullMarked
package io.segmentdo.api;

import org.jspecify.annotations.NullMarked;
