package io.segmentdo.control;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OwnerTokenTest {
    @TempDir
    Path dir;

    @Test
    void theTokenIsToldOnceAndHoldsOverRestarts() {
        OwnerToken first = OwnerToken.open(dir);
        String token = first.fresh().orElseThrow();

        OwnerToken second = OwnerToken.open(dir);

        assertThat(second.fresh()).isEmpty();
        assertThat(second.matches(token)).isTrue();
        assertThat(second.matches(token + "x")).isFalse();
        assertThat(second.matches("")).isFalse();
    }

    @Test
    void onlyAHashIsKeptForTheOwnerOfTheProcessAlone() throws IOException {
        String token = OwnerToken.open(dir).fresh().orElseThrow();

        Path file = dir.resolve("owner-token");
        assertThat(Files.readString(file)).startsWith("sha256:").doesNotContain(token);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        assertThat(dir).isDirectoryContaining(path -> path.equals(file));
    }
}
