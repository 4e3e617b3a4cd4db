package io.segmentdo.fidelity;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.segmentdo.destination.Catalogue;
import io.segmentdo.mapping.KitVectors;
import io.segmentdo.problem.PlatformException;
import io.segmentdo.problem.Problem;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;

/**
 * Replays folders of recorded vectors: {@code kit/} of mappings and subscriptions, {@code destinations/} of whole
 * exchanges.
 *
 * <p>Safe for concurrent use.
 */
public final class Fidelity {
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final TypeReference<Map<String, Object>> OBJECT = new TypeReference<>() {};
    private static final int GZIP_MAGIC = 0x1f;

    private final Catalogue catalogue;

    /** Against the destinations of a catalogue. */
    public Fidelity(Catalogue catalogue) {
        this.catalogue = catalogue;
    }

    /**
     * Replays every file below a folder, in the order of their names.
     *
     * @param folder a folder with files {@code <slug>.json.gz} or {@code <slug>.json}, or one such file
     * @param each is told the score of a file as soon as it is known
     */
    public void replay(Path folder, Consumer<Score> each) {
        try (Stream<Path> found = Files.walk(folder)) {
            List<Path> files = found.filter(Files::isRegularFile)
                    .filter(file ->
                            file.toString().endsWith(".json") || file.toString().endsWith(".json.gz"))
                    .sorted()
                    .toList();
            files.forEach(file -> each.accept(replay(file)));
        } catch (IOException e) {
            throw new PlatformException(Problem.STORAGE_FAILED, "the folder " + folder + " cannot be read", e);
        }
    }

    private Score replay(Path file) {
        String slug = file.getFileName().toString().replaceFirst("\\.json(\\.gz)?$", "");
        Map<String, Object> content;
        try (InputStream in = open(file)) {
            content = MAPPER.readValue(in, OBJECT);
        } catch (IOException e) {
            return new Score(slug, 0, List.of(new Score.Miss(file.toString(), "it cannot be read: " + e.getMessage())));
        }
        if (KitVectors.isKit(content)) {
            KitVectors.Replay replay = KitVectors.replay(content);
            return new Score(
                    slug,
                    replay.total(),
                    replay.misses().stream()
                            .map(miss -> new Score.Miss(
                                    miss.index() + " " + miss.description(),
                                    "expected " + miss.expected() + ", was " + miss.actual()))
                            .toList());
        }
        List<?> vectors = content.get("vectors") instanceof List<?> list ? list : List.of();
        String destination = content.get("destination") instanceof String named ? named : slug;
        return new Score(slug, vectors.size(), DestinationVectors.misses(catalogue, destination, vectors));
    }

    private static InputStream open(Path file) throws IOException {
        InputStream in = new BufferedInputStream(Files.newInputStream(file));
        in.mark(1);
        boolean zipped = in.read() == GZIP_MAGIC;
        in.reset();
        return zipped ? new GZIPInputStream(in) : in;
    }
}
