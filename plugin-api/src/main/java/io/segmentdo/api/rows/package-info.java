/**
 * Events as rows of tables, for destinations that are warehouses.
 *
 * <p>{@link io.segmentdo.api.rows.EventRows} says which rows an event becomes; {@link io.segmentdo.api.rows.TableAction}
 * loads them into a {@link io.segmentdo.api.rows.TableStore}, which is all that a plugin has to write: tables are made,
 * columns are added, and what cannot go with the others goes alone.
 */
@NullMarked
package io.segmentdo.api.rows;

import org.jspecify.annotations.NullMarked;
