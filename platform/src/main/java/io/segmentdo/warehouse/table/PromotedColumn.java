package io.segmentdo.warehouse.table;

/**
 * A column that a property has become.
 *
 * <p>Immutable.
 *
 * @param id the field id in Iceberg, which never changes
 * @param name the column
 * @param member the property or trait that came first under this name, as it was written
 * @param type what the column holds
 */
public record PromotedColumn(int id, String name, String member, ColumnType type) {}
