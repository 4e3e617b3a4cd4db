/** The tables of the warehouse: where they are, what columns they have, and how properties become columns. */
@NullMarked
package io.segmentdo.warehouse.table;

import org.jspecify.annotations.NullMarked;
