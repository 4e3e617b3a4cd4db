/** Loads events into tables of Snowflake by its SQL API. */
@NullMarked
package io.segmentdo.snowflake;

import org.jspecify.annotations.NullMarked;
