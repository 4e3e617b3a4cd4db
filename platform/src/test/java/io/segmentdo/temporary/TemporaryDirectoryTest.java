package io.segmentdo.temporary;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class TemporaryDirectoryTest {
    @Test
    void itIsGoneWithEverythingInItWhenItIsClosed() throws Exception {
        Path path;
        try (TemporaryDirectory directory = new TemporaryDirectory("test")) {
            path = directory.path();
            Files.writeString(Files.createDirectories(path.resolve("a/b")).resolve("file"), "text");
            assertThat(path.getFileName().toString()).startsWith("segmentdo-test-");
        }

        assertThat(path).doesNotExist();
    }

    @Test
    void whatIsLinkedFromItStays() throws Exception {
        try (TemporaryDirectory other = new TemporaryDirectory("other")) {
            Path kept = Files.writeString(other.path().resolve("kept"), "text");
            try (TemporaryDirectory directory = new TemporaryDirectory("test")) {
                Files.createSymbolicLink(directory.path().resolve("link"), other.path());
            }

            assertThat(kept).exists();
        }
    }

    @Test
    void oneThatIsNotThereNeedNotBeRemoved() throws Exception {
        try (TemporaryDirectory directory = new TemporaryDirectory("test")) {
            Path absent = directory.path().resolve("absent");

            TemporaryDirectory.remove(absent);

            assertThat(absent).doesNotExist();
        }
    }
}
