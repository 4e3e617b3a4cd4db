package io.segmentdo.warehouse.files;

import static org.assertj.core.api.Assertions.assertThat;

import io.segmentdo.FreePort;
import io.segmentdo.config.ByteSize;
import io.segmentdo.config.Secret;
import java.io.File;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.TreeMap;

/** A real S3 server in a process of its own, with one bucket. */
public final class S3Server implements AutoCloseable {
    /** The bucket that is there. */
    public static final String BUCKET = "lake";

    private final Process process;
    private final int port;

    private S3Server(Process process, int port) {
        this.process = process;
        this.port = port;
    }

    /** Starts the server and returns when it has made the bucket. */
    public static S3Server start(Path directory) throws Exception {
        String jar = Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(entry -> entry.contains("s3mock"))
                .findFirst()
                .orElseThrow();
        int port = FreePort.find();
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-Xmx256m",
                        "-Dhttp.port=" + port,
                        "-Dserver.port=" + FreePort.find(),
                        "-Dspring.main.banner-mode=off",
                        "-Djava.io.tmpdir=" + directory,
                        "-jar",
                        jar)
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("s3.log").toFile())
                .start();
        S3Server server = new S3Server(process, port);
        server.makeBucket();
        return server;
    }

    private void makeBucket() throws InterruptedException {
        long deadline = System.nanoTime() + Duration.ofMinutes(3).toNanos();
        try (S3Client client = new S3Client(config(endpoint(), 1), Clock.systemUTC())) {
            while (true) {
                try {
                    client.put(new S3Client.Place(BUCKET, ""), new TreeMap<>(), new byte[0]);
                    return;
                } catch (S3Exception e) {
                    if (e.status() == 409) {
                        return; // made by a request whose answer came too late
                    }
                    assertThat(process.isAlive()).as("the S3 server runs").isTrue();
                    assertThat(System.nanoTime()).as("the S3 server is slow").isLessThan(deadline);
                    Thread.sleep(100);
                }
            }
        }
    }

    /** Where it listens. */
    public URI endpoint() {
        return URI.create("http://127.0.0.1:" + port);
    }

    /** Settings to reach a server. */
    public static S3Config config(URI endpoint, int attempts) {
        return new S3Config(
                endpoint,
                "us-east-1",
                "key",
                new Secret("secret"),
                ByteSize.mebibytes(5),
                Duration.ofSeconds(10),
                attempts);
    }

    @Override
    public void close() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }
}
