/** Sends events to a URL of the user's own, unchanged and signed. */
@NullMarked
package io.segmentdo.webhook;

import org.jspecify.annotations.NullMarked;
