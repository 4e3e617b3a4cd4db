package io.segmentdo.app.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.segmentdo.problem.PlatformException;
import io.segmentdo.problem.Problem;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** A running node that the caller owns: the options that name it, and requests with the owner token. */
final class OwnedNode {
    /** Reads an answer. */
    interface Reader {
        int read(int status, InputStream content) throws IOException;
    }

    private static final ObjectMapper JSON = new ObjectMapper();

    @Spec(Spec.Target.MIXEE)
    private @Nullable CommandSpec command;

    @Option(
            names = "--url",
            defaultValue = "http://127.0.0.1:8080",
            description = "The node (default: ${DEFAULT-VALUE}).")
    private URI url = URI.create("http://127.0.0.1:8080");

    @Option(
            names = "--token",
            paramLabel = "<token>",
            defaultValue = "${env:SEGMENTDO_TOKEN}",
            description = "The owner token (default: the environment variable SEGMENTDO_TOKEN).")
    private @Nullable String token;

    /** Prints what the node refused, as a message of its own if it has none; the exit code. */
    int refused(int status, JsonNode answer) {
        line().getErr().println(answer.at("/error/message").asText("The node answered " + status));
        return 1;
    }

    /** Prints an answer as it is; the exit code. */
    int show(int status, InputStream content) throws IOException {
        JsonNode answer = JSON.readTree(content);
        if (status != 200) {
            return refused(status, answer);
        }
        line().getOut().println(JSON.writerWithDefaultPrettyPrinter().writeValueAsString(answer));
        return 0;
    }

    private CommandLine line() {
        return Objects.requireNonNull(command).commandLine();
    }

    /** Sends a request, with a JSON body where there is one, and hands the answer over; the exit code. */
    int send(String method, String path, @Nullable String body, Reader reader)
            throws IOException, InterruptedException {
        if (token == null || token.isBlank()) {
            throw new CommandLine.ParameterException(
                    line(), "There is no owner token (expected: --token or the environment variable SEGMENTDO_TOKEN)");
        }
        HttpRequest request = HttpRequest.newBuilder(url.resolve(path))
                .header("Authorization", "Bearer " + token)
                .header("Content-Type", "application/json")
                .method(
                        method,
                        body == null ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofString(body))
                .build();
        try (HttpClient http = HttpClient.newHttpClient()) {
            HttpResponse<InputStream> answer = http.send(request, HttpResponse.BodyHandlers.ofInputStream());
            try (InputStream content = answer.body()) {
                return reader.read(answer.statusCode(), content);
            }
        } catch (ConnectException e) {
            throw new PlatformException(
                    Problem.NOT_FOUND, "Nothing answers at " + url + " (expected: a running node)", e);
        }
    }
}
