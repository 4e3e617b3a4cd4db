package io.segmentdo.mapping;

import org.jspecify.annotations.Nullable;

/** A compiled part of a mapping. Immutable. */
@FunctionalInterface
interface Expression {
    /**
     * The value for one event: a JDK text, number, truth value, map, list, null, or {@link Absent#ABSENT}.
     *
     * @throws MappingException where the event does not fit the mapping
     */
    @Nullable
    Object evaluate(Scope scope);
}
