/**
 * Who each event belongs to. Identifiers are actors that live in partitions; one ledger per workspace decides in one order
 * which of them are one person, and the actors apply its decisions. The protocol is pure: no clock, no I/O, no Vert.x; an
 * {@link io.segmentdo.identity.IdentityLane} runs it over the store, one durable commit for each batch.
 */
@NullMarked
package io.segmentdo.identity;

import org.jspecify.annotations.NullMarked;
