/**
 * Erasing people from the warehouse on all members at once: loads what is on its way, removes rows and states, drops copies
 * of files, and says in a receipt what was done.
 */
@NullMarked
package io.segmentdo.warehouse.erasure;

import org.jspecify.annotations.NullMarked;
