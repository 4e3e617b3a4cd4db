package io.segmentdo.mapping;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Objects;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KitVectorsTest {
    /** There is no miss, not even on purpose; one that comes up is listed here with its reason. */
    @ParameterizedTest
    @CsvSource({"mapping-kit-unit, 156", "mapping-kit-destinations, 3299", "fql-unit, 160", "fql-matrix, 17920"})
    void givesWhatSegmentGives(String name, int vectors) {
        Map<String, Object> file = read(name);

        KitVectors.Replay replay = KitVectors.replay(file);

        assertThat(KitVectors.isKit(file)).isTrue();
        assertThat(replay.total()).isEqualTo(vectors);
        assertThat(replay.misses()).isEmpty();
    }

    private static Map<String, Object> read(String name) {
        try (var file = new GZIPInputStream(Objects.requireNonNull(
                KitVectorsTest.class.getResourceAsStream("vectors/" + name + ".json.gz"), name))) {
            return new ObjectMapper().readValue(file, new TypeReference<>() {});
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
