package io.segmentdo.mapping;

import java.util.List;
import java.util.Map;
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
     * @param named those with a name before them
     */
    record Arguments(List<@Nullable Object> values, Map<String, @Nullable Object> named) {
        /** The value at a place, or null. */
        @Nullable
        Object value(int index) {
            return index < values.size() ? values.get(index) : null;
        }

        /** Whether there is a value at a place that counts as true. */
        boolean isTrue(int index) {
            return LiquidValue.isTrue(value(index));
        }

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
