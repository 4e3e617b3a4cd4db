/**
 * The program: one node with all its parts, wired together from one configuration.
 */
@NullMarked
package io.segmentdo.app;

import org.jspecify.annotations.NullMarked;
