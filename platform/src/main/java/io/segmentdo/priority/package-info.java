/** Who gets the processor first when it is short: whoever accepts events. */
@NullMarked
package io.segmentdo.priority;

import org.jspecify.annotations.NullMarked;
