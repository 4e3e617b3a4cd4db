/**
 * Who somebody is, for who asks from outside: Segment's Profile API, and the API by which identity is looked into, undone and
 * tried under other rules. It keeps nothing itself: owners of identifiers answer by the event bus, and past events come from
 * where the application has them.
 */
@NullMarked
package io.segmentdo.profile;

import org.jspecify.annotations.NullMarked;
