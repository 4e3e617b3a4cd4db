package io.segmentdo.sdk;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** A program of another language: takes one JSON document on standard input and answers with one on standard output. */
record Program(List<String> command, Path directory) {
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    /** Runs it to its end, and fails unless it succeeds in time. */
    JsonNode run(JsonNode job) {
        return Calls.json(output(job.toString()));
    }

    /** Runs it to its end, and fails unless it succeeds in time. */
    String output(String input) {
        try {
            return output(
                    new ProcessBuilder(command).directory(directory.toFile()).start(), input);
        } catch (IOException e) {
            throw new UncheckedIOException(String.join(" ", command), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while waiting for " + command, e);
        }
    }

    private String output(Process process, String input) throws IOException, InterruptedException {
        CompletableFuture<String> output = read(process.getInputStream());
        CompletableFuture<String> complaints = read(process.getErrorStream());
        try (OutputStream stdin = process.getOutputStream()) {
            stdin.write(input.getBytes(UTF_8));
        }
        if (!process.waitFor(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly().waitFor();
            throw new AssertionError("%s did not end within %s: %s".formatted(command, PATIENCE, complaints.join()));
        }
        assertThat(process.exitValue())
                .as("exit of %s: %s %s", command, output.join(), complaints.join())
                .isZero();
        return output.join();
    }

    private static CompletableFuture<String> read(InputStream stream) {
        return CompletableFuture.supplyAsync(
                () -> {
                    try (stream) {
                        return new String(stream.readAllBytes(), UTF_8);
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                },
                Thread::startVirtualThread);
    }
}
