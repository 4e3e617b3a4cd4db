package io.segmentdo.plugin;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.segmentdo.api.Descriptor;
import io.segmentdo.connector.DeclaredDestination;
import io.segmentdo.destination.Catalogue;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PluginsTest {
    private static final String DESTINATION = """
            public class Acme implements Destination {
                public Descriptor descriptor() { return Descriptor.of("acme", "Acme").description("#DESCRIPTION"); }
                public Connector connect(Settings settings, DestinationContext context) { return null; }
            }
            """;

    @TempDir
    Path root;

    private Path folder;
    private Plugins plugins;

    @BeforeEach
    void open() throws IOException {
        folder = Files.createDirectory(root.resolve("plugins"));
    }

    @AfterEach
    void close() {
        plugins.close();
    }

    @Test
    void aPluginThatIsThereAtTheStartIsLoadedAtOnce() {
        PluginJars.webhook(folder, "webhook.jar");

        follow();

        assertThat(plugins.descriptors()).extracting(Descriptor::id).containsExactly("webhook");
        assertThat(plugins.problems()).isEmpty();
    }

    @Test
    void pluginsComeChangeAndGoWhileTheirFormerVersionsAreInUse() throws IOException {
        follow();
        List<String> changes = new CopyOnWriteArrayList<>();
        plugins.onChange(changes::add);

        acme("acme.jar", "One.");
        await(() -> plugins.descriptors().size() == 1);
        Catalogue.Lease one = plugins.lease("acme").orElseThrow();
        acme("acme.jar", "Version two.");
        await(() -> plugins.descriptors().getFirst().description().equals("Version two."));
        Catalogue.Lease two = plugins.lease("acme").orElseThrow();

        assertThat(one.destination().descriptor().description()).isEqualTo("One.");
        assertThat(two.destination().descriptor().description()).isEqualTo("Version two.");

        Files.delete(folder.resolve("acme.jar"));
        await(() -> plugins.descriptors().isEmpty());
        assertThat(two.destination().descriptor().description()).isEqualTo("Version two.");
        one.close();
        two.close();
        await(() -> copies() == 0);
        assertThat(changes).contains("acme");
    }

    @Test
    void aBrokenJarIsReportedAndChangesNothingElse() throws IOException {
        PluginJars.webhook(folder, "webhook.jar");
        acme("acme.jar", "One.");
        follow();

        Files.writeString(folder.resolve("noise.jar"), "this is not a JAR");
        PluginJars.compiled(folder, "loud.jar", "Loud", Map.of("Loud", """
                public class Loud implements Destination {
                    public Loud() { throw new IllegalStateException("no mood"); }
                    public Descriptor descriptor() { return null; }
                    public Connector connect(Settings settings, DestinationContext context) { return null; }
                }
                """));
        Files.writeString(folder.resolve("acme.jar"), "overwritten by mistake");
        await(() -> plugins.problems().size() == 3);

        assertThat(plugins.descriptors()).extracting(Descriptor::id).containsExactlyInAnyOrder("webhook", "acme");
        assertThat(plugins.problems())
                .anySatisfy(problem -> assertThat(problem.reason()).contains("no mood"))
                .allSatisfy(problem -> assertThat(problem.reason()).isNotBlank());
    }

    @Test
    void twoJarsCannotBringTheSameDestinationButOneMayFollowTheOther() throws IOException {
        acme("acme-1.jar", "One.");
        follow();

        acme("acme-2.jar", "Two.");
        await(() -> plugins.problems().size() == 1);
        assertThat(plugins.problems().getFirst().reason()).contains("acme").contains("acme-1.jar");
        Files.delete(folder.resolve("acme-1.jar"));

        await(() -> plugins.descriptors().size() == 1
                && plugins.descriptors().getFirst().description().equals("Two."));
        assertThat(plugins.problems()).isEmpty();
    }

    @Test
    void aYamlFileIsAPluginLikeAJar() throws IOException {
        follow();

        yaml("tiny.yaml", "One.");
        await(() -> plugins.descriptors().size() == 1);
        Catalogue.Lease one = plugins.lease("tiny").orElseThrow();
        yaml("tiny.yaml", "Version two.");
        await(() -> plugins.descriptors().getFirst().description().equals("Version two."));
        yaml("other.yaml", "Another.");
        await(() -> plugins.problems().size() == 1);

        assertThat(plugins.problems().getFirst().reason()).contains("tiny").contains("tiny.yaml");
        assertThat(one.destination().descriptor().description()).isEqualTo("One.");
        Files.writeString(folder.resolve("other.yaml"), "id: other\ncolour: red\n");
        await(() ->
                plugins.problems().stream().anyMatch(problem -> problem.reason().contains("other.yaml:2: /colour")));
        Files.delete(folder.resolve("tiny.yaml"));
        await(() -> plugins.descriptors().isEmpty());
        one.close();
        await(() -> copies() == 0);
    }

    @Test
    void aJarMayHoldConnectorFilesAndNoCode() throws IOException {
        Path jar = PluginJars.resources(
                folder,
                "many.jar",
                Map.of(
                        "META-INF/segmentdo/tiny.yaml", connector("tiny", "Tiny."),
                        "META-INF/segmentdo/small.yaml", connector("small", "Small.")));
        follow();

        assertThat(plugins.problems()).isEmpty();
        assertThat(plugins.descriptors()).extracting(Descriptor::id).containsExactlyInAnyOrder("tiny", "small");

        PluginJars.resources(folder, "many.jar", Map.of("META-INF/segmentdo/tiny.yaml", "id: tiny\n"));
        await(() -> plugins.problems().size() == 1);
        assertThat(plugins.problems().getFirst().reason())
                .contains(jar.getFileName() + "!META-INF/segmentdo/tiny.yaml:1");
        assertThat(plugins.descriptors()).hasSize(2);
    }

    private void yaml(String name, String description) throws IOException {
        Path next = root.resolve(name + ".next");
        Files.writeString(next, connector("tiny", description));
        Files.move(next, folder.resolve(name), StandardCopyOption.REPLACE_EXISTING);
    }

    private static String connector(String id, String description) {
        return """
                id: %s
                description: %s
                actions:
                  - {name: send, subscribe: 'type = "track"', request: {url: "https://api.example/in"}}
                """.formatted(id, description);
    }

    @Test
    void aPluginThatDoesNotSayWhatItIsIsGivenUp() {
        PluginJars.compiled(folder, "slow.jar", "Slow", Map.of("Slow", """
                public class Slow implements Destination {
                    public Descriptor descriptor() {
                        try { Thread.sleep(60_000); } catch (InterruptedException e) { }
                        return null;
                    }
                    public Connector connect(Settings settings, DestinationContext context) { return null; }
                }
                """));
        plugins = Plugins.open(
                new PluginsConfig(List.of(folder.toString()), Duration.ofMillis(20), Duration.ofMillis(100)),
                root.resolve("copies"),
                DeclaredDestination::read,
                new SimpleMeterRegistry());

        assertThat(plugins.problems()).hasSize(1);
        assertThat(plugins.problems().getFirst().reason()).contains("did not say what it is");
    }

    @Test
    void aPluginSeesTheApiAndTheJdkButNothingOfThePlatform() {
        acme("acme.jar", "One.");
        follow();

        ClassLoader loader =
                plugins.lease("acme").orElseThrow().destination().getClass().getClassLoader();

        assertThat(canLoad(loader, "io.segmentdo.api.Destination")).isTrue();
        assertThat(canLoad(loader, "org.slf4j.Logger")).isTrue();
        assertThat(canLoad(loader, "java.sql.Connection")).isTrue();
        assertThat(canLoad(loader, "io.segmentdo.plugin.Plugins")).isFalse();
        assertThat(canLoad(loader, "io.vertx.core.Vertx")).isFalse();
        assertThat(canLoad(loader, "org.pf4j.PluginManager")).isFalse();
    }

    @Test
    void fiftyReloadsLeaveNoClassLoaderBehind() throws IOException {
        follow();
        List<WeakReference<ClassLoader>> loaders = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            String version = "Version " + i + ".";
            acme("acme.jar", version);
            await(() -> plugins.descriptors().size() == 1
                    && plugins.descriptors().getFirst().description().equals(version));
            loaders.add(loaderOf("acme"));
        }

        Files.delete(folder.resolve("acme.jar"));
        await(() -> plugins.descriptors().isEmpty());

        await(() -> {
            System.gc();
            return loaders.stream().allMatch(loader -> loader.refersTo(null));
        });
        assertThat(copies()).isZero();
    }

    private WeakReference<ClassLoader> loaderOf(String id) {
        try (Catalogue.Lease lease = plugins.lease(id).orElseThrow()) {
            return new WeakReference<>(lease.destination().getClass().getClassLoader());
        }
    }

    private void acme(String fileName, String description) {
        PluginJars.compiled(folder, fileName, "Acme", Map.of("Acme", DESTINATION.replace("#DESCRIPTION", description)));
    }

    private void follow() {
        plugins = Plugins.open(
                new PluginsConfig(List.of(folder.toString()), Duration.ofMillis(10), Duration.ofSeconds(20)),
                root.resolve("copies"),
                DeclaredDestination::read,
                new SimpleMeterRegistry());
    }

    private long copies() {
        try (var files = Files.list(root.resolve("copies"))) {
            return files.filter(file -> file.toString().endsWith(".jar")).count();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static boolean canLoad(ClassLoader loader, String name) {
        try {
            loader.loadClass(name);
            return true;
        } catch (ClassNotFoundException e) {
            return false;
        }
    }

    private static void await(BooleanSupplier condition) {
        long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - deadline > 0) {
                throw new AssertionError("not in time");
            }
            try {
                Thread.sleep(2);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new AssertionError(e);
            }
        }
    }
}
