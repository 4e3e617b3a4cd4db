/**
 * SQL over the warehouse: the views that queries see, made of the files of one snapshot, and the API that runs them.
 */
@NullMarked
package io.segmentdo.warehouse.query;

import org.jspecify.annotations.NullMarked;
