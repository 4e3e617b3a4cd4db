/**
 * What the author of a destination compiles against: JDK types and these, nothing else.
 *
 * <p>A plugin is a JAR with one or more {@link io.segmentdo.api.Destination}s, named in
 * {@code META-INF/services/io.segmentdo.api.Destination}. A destination is declared first ({@link
 * io.segmentdo.api.Descriptor}: id, settings, actions, batch limits) and coded second, as an {@link
 * io.segmentdo.api.HttpConnector} that makes requests from events and outcomes from responses, or as a {@link
 * io.segmentdo.api.BlockingConnector} where the other side does not speak HTTP.
 */
@NullMarked
package io.segmentdo.api;

import org.jspecify.annotations.NullMarked;
