/** How jobs over the warehouse are kept on disk. */
@NullMarked
package io.segmentdo.warehouse.jobs;

import org.jspecify.annotations.NullMarked;
