package io.segmentdo.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.segmentdo.api.Destination;
import io.segmentdo.plugin.PluginJars;
import io.segmentdo.testkit.DestinationContract;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The example project, built outside of this one: by the Maven that runs this build, offline, with a repository of its own that
 * has the artefacts of this build and falls back to the one in use. Where no Maven runs the tests, the JDK's compiler
 * does it.
 */
final class ExampleProject {
    static final Path SOURCE = Path.of("..", "examples", "acme-destination");
    private static final String GROUP = "io/segmentdo";
    private static final String VERSION = "0.1.0";
    private static final String JAR_PLUGIN =
            "org/apache/maven/plugins/maven-jar-plugin/3.4.2/maven-jar-plugin-3.4.2.jar";
    private static final long MINUTES_MAX = 5;

    private final Path home;

    /** @param home where everything goes that is made */
    ExampleProject(Path home) {
        this.home = home;
    }

    /** Its JAR; its own tests have passed where Maven has made it. */
    Path jar() throws Exception {
        String maven = System.getProperty("build.maven.home", "");
        Path made = maven.isEmpty() ? compiled() : packaged(Path.of(maven, "bin", "mvn"));
        if (Files.isRegularFile(made)) {
            return made;
        }
        Path jar = home.resolve("acme.jar");
        PluginJars.write(jar, made, "acme");
        return jar;
    }

    private Path compiled() throws IOException {
        Path classes = home.resolve("classes");
        PluginJars.compile(SOURCE.resolve("src/main"), classes);
        copy(SOURCE.resolve("src/main/resources"), classes);
        return classes;
    }

    /** The classes, or the JAR where Maven can make it too: on the way to {@code test} this build has not used that. */
    private Path packaged(Path maven) throws Exception {
        Path project = home.resolve("acme-destination");
        copy(SOURCE, project);
        Path repository = home.resolve("repository");
        publish(repository, "segmentdo", Path.of("../pom.xml"), null);
        publish(repository, "plugin-api", Path.of("../plugin-api/pom.xml"), Destination.class);
        publish(repository, "plugin-testkit", Path.of("../plugin-api/testkit/pom.xml"), DestinationContract.class);

        Path log = home.resolve("maven.log");
        String shared = System.getProperty("localRepository", System.getProperty("user.home") + "/.m2/repository");
        boolean hasJars = Files.exists(Path.of(shared, JAR_PLUGIN));
        ProcessBuilder builder = new ProcessBuilder(
                        maven.toString(),
                        "--offline",
                        "--batch-mode",
                        "-Dmaven.repo.local=" + repository,
                        "-Dmaven.repo.local.tail=" + shared,
                        "-Dmaven.repo.local.tail.ignoreAvailability=true",
                        hasJars ? "package" : "test")
                .directory(project.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.environment().remove("MAVEN_OPTS");
        Process process = builder.start();
        boolean isOver = process.waitFor(MINUTES_MAX, TimeUnit.MINUTES);
        process.destroyForcibly().waitFor();
        String said = Files.readString(log);
        assertThat(isOver).as(said).isTrue();
        assertThat(process.exitValue()).as(said).isZero();
        assertThat(said).contains("Tests run: ");
        return project.resolve(hasJars ? "target/acme-destination-1.0.0.jar" : "target/classes");
    }

    /** Puts an artefact where Maven looks for it. */
    private static void publish(Path repository, String artefact, Path pom, @Nullable Class<?> member)
            throws IOException, URISyntaxException {
        Path folder = Files.createDirectories(
                repository.resolve(GROUP).resolve(artefact).resolve(VERSION));
        String name = artefact + "-" + VERSION;
        Files.writeString(folder.resolve(name + ".pom"), Files.readString(pom).replace("${revision}", VERSION));
        if (member == null) {
            return;
        }
        Path code = Path.of(
                member.getProtectionDomain().getCodeSource().getLocation().toURI());
        if (Files.isDirectory(code)) {
            PluginJars.write(folder.resolve(name + ".jar"), code, new Manifest());
        } else {
            Files.copy(code, folder.resolve(name + ".jar"));
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        for (Path file : files(from)) {
            Path target = to.resolve(from.relativize(file).toString());
            Files.createDirectories(target.getParent());
            Files.copy(file, target);
        }
    }

    /** Without what has been built there by hand. */
    private static List<Path> files(Path root) {
        try (Stream<Path> found = Files.walk(root)) {
            return found.filter(Files::isRegularFile)
                    .filter(file -> !root.relativize(file).startsWith("target"))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
