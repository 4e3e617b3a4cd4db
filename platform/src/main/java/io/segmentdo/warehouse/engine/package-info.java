/**
 * SQL in a process of its own: the gate that lets only harmless queries pass, the sandbox around DuckDB, the forms of
 * results, and on this side of the pipe the processes that do all that. Nothing but this package knows DuckDB, and the
 * node itself never loads it.
 */
@NullMarked
package io.segmentdo.warehouse.engine;

import org.jspecify.annotations.NullMarked;
