package io.segmentdo.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.segmentdo.config.ConfigLoader;
import io.segmentdo.config.ConfigReference;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PlatformConfigTest {
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

    @Test
    void theReferencePageIsWhatTheRecordsSay() throws IOException {
        Path page = ROOT.resolve("docs/configuration.md");
        String expected = new ConfigReference(PlatformConfig.class).markdown();
        if (System.getProperty("reference.update") != null) {
            Files.writeString(page, expected);
        }

        assertThat(page).content().isEqualTo(expected);
    }

    @Test
    void theExampleIsValidAndSaysTheDefaults() {
        Path example = ROOT.resolve("config/platform.yaml");

        PlatformConfig loaded = new ConfigLoader(Map.of(), example.getParent())
                .load(PlatformConfig.class, example, Map.of())
                .value();

        assertThat(loaded).isEqualTo(PlatformConfig.DEFAULT);
    }
}
