package io.segmentdo.app.cli;

import io.segmentdo.control.Workspace;
import io.segmentdo.destination.ConfiguredDestination;
import io.segmentdo.destination.Connection;
import io.segmentdo.destination.Subscription;
import io.segmentdo.source.Source;
import io.segmentdo.source.SourceKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The workspace that is there without any configuration: one source whose events arrive at the {@link DemoSink}. */
final class Demo {
    private static final String ID = "demo";
    private static final String FILE = "demo-write-key";

    private Demo() {}

    static Workspace workspace(String writeKey, String sinkUrl) {
        Source source = new Source(ID, ID, SourceKind.SERVER, true, List.of(writeKey));
        Connection connection = new Connection(ID, true, List.of(Subscription.ALL));
        ConfiguredDestination terminal = new ConfiguredDestination(
                ID, "terminal", "webhook", true, true, Map.of("url", sinkUrl), List.of(connection));
        return Workspace.builtIn(ID, "Demo", List.of(source), List.of(terminal));
    }

    /** The write key of a data directory, made at the first call. */
    static String writeKey(Path dataDirectory) throws IOException {
        Optional<String> known = findWriteKey(dataDirectory);
        if (known.isPresent()) {
            return known.get();
        }
        byte[] random = new byte[16];
        new SecureRandom().nextBytes(random);
        String key = HexFormat.of().formatHex(random);
        Files.createDirectories(dataDirectory);
        Files.writeString(dataDirectory.resolve(FILE), key + "\n");
        return key;
    }

    /** The write key of a data directory, if a demo has run there. */
    static Optional<String> findWriteKey(Path dataDirectory) throws IOException {
        Path file = dataDirectory.resolve(FILE);
        return Files.exists(file) ? Optional.of(Files.readString(file).strip()) : Optional.empty();
    }
}
