/**
 * What can go wrong, as stable codes: the kind decides HTTP status, log level and metric tag in one place.
 */
@NullMarked
package io.segmentdo.problem;

import org.jspecify.annotations.NullMarked;
