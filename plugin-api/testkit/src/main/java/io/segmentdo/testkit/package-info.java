/**
 * What every destination must pass, and what its tests need: the contract suite, golden cases, events and HTTP fakes.
 */
@NullMarked
package io.segmentdo.testkit;

import org.jspecify.annotations.NullMarked;
