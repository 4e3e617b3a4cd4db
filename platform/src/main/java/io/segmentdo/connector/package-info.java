/**
 * Destinations declared in YAML instead of coded: settings, authentication, actions with their fields, the requests that
 * events become and what responses mean. A file becomes a {@link io.segmentdo.api.Destination} like that of any plugin.
 * Pure: it makes requests and judges responses, the platform sends them.
 */
@NullMarked
package io.segmentdo.connector;

import org.jspecify.annotations.NullMarked;
