/**
 * Configuration values and how records are read from YAML and the environment.
 */
@NullMarked
package io.segmentdo.config;

import org.jspecify.annotations.NullMarked;
