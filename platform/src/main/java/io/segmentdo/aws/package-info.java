/** How AWS, and whoever speaks like it, knows who asks: Signature Version 4. Pure. */
@NullMarked
package io.segmentdo.aws;

import org.jspecify.annotations.NullMarked;
