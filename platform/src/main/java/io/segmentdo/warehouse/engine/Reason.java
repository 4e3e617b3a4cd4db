package io.segmentdo.warehouse.engine;

import java.util.Locale;

/** Why a query did not end well. Immutable. */
public enum Reason {
    /** It is no SQL. */
    SYNTAX,
    /** It names something that is not there, or uses it wrongly. */
    MEANING,
    /** It asks for more than reading the views of the warehouse. */
    REFUSED,
    /** A value could not be computed. */
    VALUE,
    /** It took longer than it may. */
    TIME,
    /** It needed more memory or temporary space than it may. */
    MEMORY,
    /** Somebody asked for its end. */
    CANCELLED,
    /** The engine failed, whatever the query was. */
    ENGINE;

    /** The name in answers, e.g. {@code syntax}. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
