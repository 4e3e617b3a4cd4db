package io.segmentdo.mapping;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A filter of a Liquid template. Immutable. */
@FunctionalInterface
interface LiquidFilter {
    @Nullable
    Object apply(@Nullable Object input, Arguments arguments);

    /**
     * What stands after the colon.
     *
     * @param values in order
     */
    record Arguments(List<@Nullable Object> values) {
        /** The text at a place, or another one. */
        String text(int index, String otherwise) {
            return index < values.size() ? LiquidValue.text(values.get(index)) : otherwise;
        }

        /** The number at a place, or another one. */
        double number(int index, double otherwise) {
            return index < values.size() ? LiquidValue.number(values.get(index)) : otherwise;
        }
    }
}
