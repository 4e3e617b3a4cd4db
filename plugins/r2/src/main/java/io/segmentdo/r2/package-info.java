/** Writes events as files into stores that speak the API of Amazon S3. */
@NullMarked
package io.segmentdo.r2;

import org.jspecify.annotations.NullMarked;
