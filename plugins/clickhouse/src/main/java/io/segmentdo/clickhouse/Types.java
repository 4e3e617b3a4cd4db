package io.segmentdo.clickhouse;

import io.segmentdo.api.rows.ColumnType;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What types are called in ClickHouse. Pure. */
final class Types {
    private static final Pattern WRAPPED = Pattern.compile("(?:Nullable|LowCardinality)\\((.*)\\)");

    private Types() {}

    static String nullable(ColumnType type) {
        return switch (type) {
            case TEXT -> "Nullable(String)";
            case NUMBER -> "Nullable(Float64)";
            case FLAG -> "Nullable(Bool)";
            case TIME -> "Nullable(DateTime64(3, 'UTC'))";
        };
    }

    static ColumnType read(String type) {
        String inner = type;
        for (Matcher matcher = WRAPPED.matcher(inner); matcher.matches(); matcher = WRAPPED.matcher(inner)) {
            inner = matcher.group(1);
        }
        if (inner.startsWith("Date")) {
            return ColumnType.TIME;
        }
        if (inner.equals("Bool")) {
            return ColumnType.FLAG;
        }
        return inner.matches("(U?Int|Float|BFloat|Decimal)\\d*.*") ? ColumnType.NUMBER : ColumnType.TEXT;
    }
}
