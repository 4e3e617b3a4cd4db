package io.segmentdo.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.segmentdo.api.ConnectorState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StateFilesTest {
    @TempDir
    Path folder;

    @Test
    void whatIsKeptIsThereAfterARestart() {
        ConnectorState state = of("shop/crm");
        state.put("token", "one");
        state.put("other", "kept");
        state.put("token", "two \"quoted\" ü");
        state.put("gone", "x");
        state.put("gone", null);
        state.put("never", null);

        ConnectorState again = of("shop/crm");
        assertThat(again.find("token")).hasValue("two \"quoted\" ü");
        assertThat(again.find("other")).hasValue("kept");
        assertThat(again.find("gone")).isEmpty();
        assertThat(new StateFiles(folder).of("shop/crm").secrets())
                .containsExactlyInAnyOrder("kept", "two \"quoted\" ü");
    }

    @Test
    void destinationsDoNotSeeEachOtherAndStayInTheFolder() throws IOException {
        for (String destination : List.of("shop/crm", "shop_crm", "../shop/crm", "SHOP/crm")) {
            of(destination).put("token", destination);
        }

        for (String destination : List.of("shop/crm", "shop_crm", "../shop/crm", "SHOP/crm")) {
            assertThat(of(destination).find("token")).hasValue(destination);
        }
        try (var files = Files.list(folder)) {
            assertThat(files).hasSize(4);
        }
        assertThat(folder.resolveSibling("shop")).doesNotExist();
    }

    @Test
    void onlyTheOwnerOfTheProcessReadsIt() throws IOException {
        of("shop/crm").put("token", "one");

        try (var files = Files.list(folder)) {
            assertThat(files)
                    .hasSize(1)
                    .allSatisfy(file -> assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                            .isEqualTo("rw-------"));
        }
    }

    @Test
    void aCrashInTheMiddleOfAWriteLeavesTheFormerState() throws IOException {
        of("shop/crm").put("token", "one");
        Path file = folder.resolve("shop%2Fcrm.json");
        Files.writeString(file.resolveSibling("shop%2Fcrm.json.new"), "{\"token\": \"tw"); // as far as it came

        ConnectorState state = of("shop/crm");
        assertThat(state.find("token")).hasValue("one");
        state.put("token", "three");
        assertThat(of("shop/crm").find("token")).hasValue("three");
    }

    @Test
    void aFileThatIsNoneIsNotTakenForAnEmptyOne() throws IOException {
        Files.writeString(folder.resolve("shop%2Fcrm.json"), "{\"tok");

        assertThatThrownBy(() -> of("shop/crm").find("token")).hasMessageContaining("cannot be read");
    }

    private ConnectorState of(String destination) {
        return new StateFiles(folder).of(destination);
    }
}
