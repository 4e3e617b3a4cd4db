/** From the outbox into the tables: rows, files, and commits that carry the positions of what is in them. */
@NullMarked
package io.segmentdo.warehouse.load;

import org.jspecify.annotations.NullMarked;
