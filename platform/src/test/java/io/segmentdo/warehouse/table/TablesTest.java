package io.segmentdo.warehouse.table;

import static org.assertj.core.api.Assertions.assertThat;

import io.segmentdo.warehouse.files.LocalFiles;
import java.nio.file.Path;
import org.apache.iceberg.Table;
import org.apache.iceberg.types.Types;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TablesTest {
    @TempDir
    Path directory;

    @Test
    void aTableIsMadeOnceAndFoundAgain() {
        try (Tables tables = open()) {
            assertThat(tables.find("shop", WarehouseTable.EVENTS)).isEmpty();

            Table made = tables.table("shop", WarehouseTable.EVENTS);

            assertThat(tables.table("shop", WarehouseTable.EVENTS).uuid()).isEqualTo(made.uuid());
            assertThat(tables.workspaces()).containsExactly("shop");
        }
        try (Tables again = open()) {
            assertThat(again.find("shop", WarehouseTable.EVENTS)).isPresent();
            assertThat(again.find("shop", WarehouseTable.USERS)).isEmpty();
        }
    }

    @Test
    void fixedColumnsKeepTheIdsOfTheirSchema() {
        try (Tables tables = open()) {
            for (WarehouseTable name : WarehouseTable.values()) {
                Table table = tables.table("shop", name);

                assertThat(table.schema().asStruct()).isEqualTo(name.schema().asStruct());
                assertThat(name.promotedColumns(table.schema())).isEmpty();
            }
        }
    }

    @Test
    void columnsOfPropertiesAreKnownByTheirComments() {
        try (Tables tables = open()) {
            Table table = tables.table("shop", WarehouseTable.EVENTS);
            table.updateSchema()
                    .addColumn("product_id", Types.StringType.get(), WarehouseTable.EVENTS.comment("productId"))
                    .commit();

            assertThat(WarehouseTable.EVENTS.promotedColumns(table.schema()))
                    .singleElement()
                    .satisfies(column -> {
                        assertThat(column.name()).isEqualTo("product_id");
                        assertThat(column.member()).isEqualTo("productId");
                        assertThat(column.type()).isEqualTo(ColumnType.STRING);
                    });
        }
    }

    private Tables open() {
        return Tables.open(CatalogConfig.DEFAULT, directory, new LocalFiles(), LocalFiles.location(directory));
    }
}
