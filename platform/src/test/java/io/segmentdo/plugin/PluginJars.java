package io.segmentdo.plugin;

import io.segmentdo.api.Destination;
import io.segmentdo.webhook.WebhookDestination;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/** Plugin JARs for tests: the one of the webhook, and others made from source text on the spot. */
public final class PluginJars {
    private PluginJars() {}

    /** Puts the webhook's JAR into a folder under a name. */
    public static Path webhook(Path folder, String fileName) {
        try {
            Path built = Path.of(WebhookDestination.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
            Path jar = folder.resolve(fileName);
            if (Files.isDirectory(built)) { // a build that stops before packaging, as in an editor
                write(jar, built, "webhook");
            } else {
                Files.copy(built, jar, StandardCopyOption.REPLACE_EXISTING);
            }
            return jar;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * Compiles classes of the package {@code acme} and puts them into a JAR, all at once as careful people do it.
     *
     * @param destination the simple name of the class to announce as a service
     * @param sources class bodies by simple name, without package and imports
     */
    public static Path compiled(Path folder, String fileName, String destination, Map<String, String> sources) {
        try {
            Path work = Files.createTempDirectory(folder.toAbsolutePath().getParent(), "compiled");
            for (Map.Entry<String, String> source : sources.entrySet()) {
                compile(work, source.getKey(), source.getValue());
            }
            Path services = Files.createDirectories(work.resolve("META-INF/services"));
            Files.writeString(services.resolve(Destination.class.getName()), "acme." + destination + "\n");
            Path jar = work.resolveSibling(fileName + ".new");
            write(jar, work, "acme");
            Files.move(jar, folder.resolve(fileName), StandardCopyOption.REPLACE_EXISTING);
            return folder.resolve(fileName);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Puts texts into a JAR without code.
     *
     * @param texts by path within the JAR
     */
    public static Path resources(Path folder, String fileName, Map<String, String> texts) {
        try {
            Path work = Files.createTempDirectory(folder.toAbsolutePath().getParent(), "resources");
            for (Map.Entry<String, String> text : texts.entrySet()) {
                Path file = work.resolve(text.getKey());
                Files.createDirectories(file.getParent());
                Files.writeString(file, text.getValue());
            }
            Path jar = work.resolveSibling(fileName + ".new");
            write(jar, work, "resources");
            Files.move(jar, folder.resolve(fileName), StandardCopyOption.REPLACE_EXISTING);
            return folder.resolve(fileName);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Compiles the code of a project against the plugin API, as it is, and gives its classes and resources. */
    public static ClassLoader compile(Path main, Path classes) {
        try {
            Path source = main.resolve("java");
            if (Files.isDirectory(source)) {
                try (Stream<Path> found = Files.walk(source)) {
                    compile(
                            Files.createDirectories(classes),
                            found.filter(file -> file.toString().endsWith(".java"))
                                    .toList());
                }
            }
            URL[] places = {
                classes.toUri().toURL(), main.resolve("resources").toUri().toURL()
            };
            return new URLClassLoader(places, ApiLoader.INSTANCE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void compile(Path work, String name, String body) throws IOException {
        Path file = work.resolve(name + ".java");
        Files.writeString(file, """
                package acme;
                import io.segmentdo.api.*;
                import java.util.*;
                import java.time.*;
                """ + body);
        compile(work, List.of(file));
        Files.delete(file);
    }

    private static void compile(Path classes, List<Path> sources) throws IOException {
        StringWriter messages = new StringWriter();
        var compiler = ToolProvider.getSystemJavaCompiler();
        try (var files = compiler.getStandardFileManager(null, null, StandardCharsets.UTF_8)) {
            String path = Stream.of(Destination.class, Nullable.class, Logger.class)
                    .map(type -> type.getProtectionDomain()
                            .getCodeSource()
                            .getLocation()
                            .getPath())
                    .collect(Collectors.joining(File.pathSeparator, "", File.pathSeparator + classes));
            List<String> options = List.of("-d", classes.toString(), "-cp", path, "-proc:none");
            if (!compiler.getTask(messages, files, null, options, null, files.getJavaFileObjectsFromPaths(sources))
                    .call()) {
                throw new IllegalArgumentException(messages.toString());
            }
        }
    }

    /** Puts a folder into the JAR of a plugin. */
    public static void write(Path jar, Path classes, String pluginId) throws IOException {
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes().putValue("Plugin-Id", pluginId);
        manifest.getMainAttributes().putValue("Plugin-Version", "1.0.0");
        manifest.getMainAttributes().putValue("Plugin-Requires", ">=0.1.0 & <1.0.0");
        write(jar, classes, manifest);
    }

    /** Puts a folder into a JAR. */
    public static void write(Path jar, Path classes, Manifest manifest) throws IOException {
        try (OutputStream out = Files.newOutputStream(jar);
                JarOutputStream entries = new JarOutputStream(out, manifest);
                Stream<Path> files = Files.walk(classes)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                if (!file.endsWith("MANIFEST.MF")) {
                    entries.putNextEntry(
                            new JarEntry(classes.relativize(file).toString().replace('\\', '/')));
                    Files.copy(file, entries);
                    entries.closeEntry();
                }
            }
        }
    }
}
