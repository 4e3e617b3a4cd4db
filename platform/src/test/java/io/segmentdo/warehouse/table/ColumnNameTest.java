package io.segmentdo.warehouse.table;

import static org.assertj.core.api.Assertions.assertThat;

import io.segmentdo.api.rows.ColumnName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ColumnNameTest {
    @ParameterizedTest
    @CsvSource({
        "revenue, revenue",
        "productId, product_id",
        "Product ID, product_id",
        "product-id, product_id",
        "product_id, product_id",
        "HTTPCode, http_code",
        "utm2Source, utm2_source",
        "$email$, email",
        "3rdParty, _3rd_party",
        "名前, 名前",
        "Größe (cm), größe_cm"
    })
    void namesOfPropertiesBecomeSnakeCase(String property, String column) {
        assertThat(ColumnName.of(property)).hasValue(column);
    }

    @Test
    void aNameOfWhichNothingIsLeftIsNoColumn() {
        assertThat(ColumnName.of("$$$")).isEmpty();
        assertThat(ColumnName.of("")).isEmpty();
        assertThat(ColumnName.of("x".repeat(101))).isEmpty();
    }

    @Test
    void namesOfColumnsThatAreThereAnywayGetAPrefix() {
        assertThat(WarehouseTable.EVENTS.columnFor("timestamp")).hasValue("prop_timestamp");
        assertThat(WarehouseTable.EVENTS.columnFor("userId")).hasValue("prop_user_id");
        assertThat(WarehouseTable.EVENTS.columnFor("context_ip")).hasValue("prop_context_ip");
        assertThat(WarehouseTable.USERS.columnFor("traits")).hasValue("trait_traits");
        assertThat(WarehouseTable.EVENTS.columnFor("plan")).hasValue("plan");
    }
}
