/**
 * The control plane: workspaces as code, the guarded REST API, health and metrics pages.
 */
@NullMarked
package io.segmentdo.control;

import org.jspecify.annotations.NullMarked;
