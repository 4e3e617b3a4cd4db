/**
 * The command line: {@code segmentdo up}, {@code doctor}, {@code send}, {@code version}.
 */
@NullMarked
package io.segmentdo.app.cli;

import org.jspecify.annotations.NullMarked;
