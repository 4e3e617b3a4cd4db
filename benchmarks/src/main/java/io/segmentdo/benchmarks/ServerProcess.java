package io.segmentdo.benchmarks;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A server in a process of its own, so that its CPU time and memory can be told from the generator's. */
final class ServerProcess implements AutoCloseable {
    private final Process process;
    private final int port;

    private ServerProcess(Process process, int port) {
        this.process = process;
        this.port = port;
    }

    /** The baseline server. */
    static ServerProcess bare() throws IOException, InterruptedException {
        return bareRelay(0);
    }

    /** The baseline server that sends each body on to the webhook at this port, durable nowhere. */
    static ServerProcess bareRelay(int webhookPort) throws IOException, InterruptedException {
        int port = freePort();
        ServerProcess server = start(
                port, java(List.of("-Xmx512m"), BareServer.class, String.valueOf(port), String.valueOf(webhookPort)));
        server.awaitAnswer("/");
        return server;
    }

    /** The platform as a user starts it, with the configuration and data under this folder. */
    static ServerProcess platform(Path home) throws IOException, InterruptedException {
        int port = freePort();
        ServerProcess server = start(
                port,
                List.of(
                        Path.of("segmentdo").toAbsolutePath().toString(),
                        "up",
                        "--no-demo",
                        "--port",
                        String.valueOf(port),
                        "--config",
                        home.resolve("config").toString(),
                        "--data",
                        home.resolve("data").toString()));
        server.awaitAnswer("/health/ready");
        return server;
    }

    private static ServerProcess start(int port, List<String> command) throws IOException {
        Path log = Files.createTempFile("segmentdo-benchmark-", ".log");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        return new ServerProcess(process, port);
    }

    /** The command line of a Java process with the classes of this one. */
    static List<String> java(List<String> options, Class<?> main, String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(ProcessHandle.current().info().command().orElse("java"));
        command.addAll(List.of(
                "-cp",
                System.getProperty("java.class.path"),
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-Dvertx.disableDnsResolver=true"));
        command.addAll(options);
        command.add(main.getName());
        command.addAll(List.of(arguments));
        return command;
    }

    private static int freePort() throws IOException {
        return freePorts(1).getFirst();
    }

    /** So many ports that nothing listens on, no two the same. */
    static List<Integer> freePorts(int count) throws IOException {
        List<ServerSocket> sockets = new ArrayList<>();
        try {
            for (int i = 0; i < count; i++) {
                sockets.add(new ServerSocket(0));
            }
            return sockets.stream().map(ServerSocket::getLocalPort).toList();
        } finally {
            for (ServerSocket socket : sockets) {
                socket.close();
            }
        }
    }

    private void awaitAnswer(String path) throws InterruptedException {
        long deadline = System.nanoTime() + Duration.ofMinutes(2).toNanos();
        try (HttpClient client = HttpClient.newHttpClient()) {
            HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                    .timeout(Duration.ofSeconds(2))
                    .build();
            while (System.nanoTime() < deadline && process.isAlive()) {
                try {
                    if (client.send(request, HttpResponse.BodyHandlers.discarding())
                                    .statusCode()
                            == 200) {
                        return;
                    }
                } catch (IOException notYet) {
                    // the server is still starting
                }
                Thread.sleep(5);
            }
        }
        close();
        throw new IllegalStateException("the server did not answer " + path + " within two minutes");
    }

    int port() {
        return port;
    }

    /** CPU time used so far, user and system. */
    Duration cpu() {
        return process.toHandle().info().totalCpuDuration().orElse(Duration.ZERO);
    }

    /** Resident memory now, in MiB. */
    long residentMebibytes() throws IOException {
        return Files.readAllLines(Path.of("/proc/" + process.pid() + "/status")).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) / 1024)
                .findFirst()
                .orElseThrow();
    }

    /** Ends the process, by force after ten seconds. */
    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
