/**
 * The host of plugin JARs: each in its own class loader, added, replaced and removed while events flow. The only package
 * that knows PF4J.
 */
@NullMarked
package io.segmentdo.plugin;

import org.jspecify.annotations.NullMarked;
