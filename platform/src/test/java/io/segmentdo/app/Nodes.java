package io.segmentdo.app;

import io.segmentdo.config.ConfigLoader;
import io.segmentdo.config.Loaded;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Whole nodes in the test's JVM, each in a home of its own. */
final class Nodes {
    private Nodes() {}

    /**
     * Starts a node on any port, with what lies in {@code <home>/plugins}.
     *
     * @param data where it keeps its data
     * @param workspace the YAML of the workspace {@code shop}
     * @param platform the YAML of the platform's configuration, apart from the folders
     */
    static Node start(Path home, Path data, String workspace, String platform) throws IOException {
        Path plugins = Files.createDirectories(home.resolve("plugins"));
        Path config = home.resolve("config");
        Files.writeString(Files.createDirectories(config.resolve("workspaces")).resolve("shop.yaml"), workspace);
        Path file = Files.writeString(config.resolve("platform.yaml"), platform);
        Loaded<PlatformConfig> loaded = new ConfigLoader(Map.of(), config)
                .load(
                        PlatformConfig.class,
                        file,
                        Map.of(
                                "app.data-directory",
                                data.toString(),
                                "http.port",
                                "0",
                                "plugins.folders",
                                plugins.toString()));
        return Node.start(loaded, config, List.of());
    }
}
