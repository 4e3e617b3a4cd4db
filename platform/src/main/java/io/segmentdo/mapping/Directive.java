package io.segmentdo.mapping;

import org.jspecify.annotations.Nullable;

/** Compiles the argument of one kind of directive. */
@FunctionalInterface
interface Directive {
    /**
     * Compiles one use of the directive.
     *
     * @param argument the value of the {@code @} key
     * @param site where it stands; problems are reported there
     */
    Expression compile(@Nullable Object argument, MappingSite site);
}
