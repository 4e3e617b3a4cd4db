package io.segmentdo.warehouse.table;

import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;

/** The types of columns that properties become; all engines know them. Immutable. */
public enum ColumnType {
    BOOLEAN(Types.BooleanType.get()),
    /** Numbers whose first one was a whole number too large for a double, such as ids. */
    LONG(Types.LongType.get()),
    /** All other numbers: a price that begins as 10 goes on as 10.5. */
    DOUBLE(Types.DoubleType.get()),
    STRING(Types.StringType.get());

    @SuppressWarnings("ImmutableEnumChecker") // it is, but does not say so
    private final Type type;

    ColumnType(Type type) {
        this.type = type;
    }

    /** The type in Iceberg. */
    public Type type() {
        return type;
    }

    /** The one with this type in Iceberg. */
    static ColumnType of(Type type) {
        for (ColumnType known : values()) {
            if (known.type.equals(type)) {
                return known;
            }
        }
        throw new IllegalArgumentException("no property has the type " + type);
    }
}
