package io.segmentdo.app.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code segmentdo destinations}: how the destinations of a running node are, and what they can be asked. */
@Command(name = "destinations", description = "Shows the destinations of a workspace.", mixinStandardHelpOptions = true)
final class DestinationsCommand implements Callable<Integer> {
    private static final ObjectMapper JSON = new ObjectMapper();

    @Spec
    private @Nullable CommandSpec command;

    @Mixin
    private OwnedNode node = new OwnedNode();

    @Option(names = "--workspace", paramLabel = "<id>", defaultValue = "demo", description = "Whose (default: demo).")
    private String workspace = "demo";

    @Override
    public Integer call() throws IOException, InterruptedException {
        PrintWriter out = out();
        return node.send("GET", "/v1/workspaces/" + workspace + "/destinations", null, (status, content) -> {
            JsonNode answer = JSON.readTree(content);
            for (JsonNode one : answer.path("destinations")) {
                out.printf(
                        "%-24s %-12s delivered %d, waiting %d, dead letters %d%s%n",
                        one.path("id").asText(),
                        one.path("state").asText(),
                        one.path("delivered").asLong(),
                        one.path("waiting").asLong(),
                        one.path("deadLetters").asLong(),
                        one.path("reason").asText().isEmpty()
                                ? ""
                                : ": " + one.path("reason").asText());
            }
            return status == 200 ? 0 : node.refused(status, answer);
        });
    }

    @Command(
            name = "resume",
            description = "Sends again what waits for credentials or for a delay.",
            mixinStandardHelpOptions = true)
    int resume(@Mixin OwnedNode at, @Parameters(paramLabel = "<workspace>/<id>") String destination)
            throws IOException, InterruptedException {
        return post(at, destination, "resume", null);
    }

    @Command(
            name = "test",
            description = "Asks a destination whether it accepts the credentials.",
            mixinStandardHelpOptions = true)
    int test(@Mixin OwnedNode at, @Parameters(paramLabel = "<workspace>/<id>") String destination)
            throws IOException, InterruptedException {
        return post(at, destination, "test", null);
    }

    @Command(
            name = "delete-user",
            description = "Has a destination delete what it holds of a user.",
            mixinStandardHelpOptions = true)
    int deleteUser(
            @Mixin OwnedNode at,
            @Parameters(paramLabel = "<workspace>/<id>") String destination,
            @Option(names = "--user-id", paramLabel = "<id>") @Nullable String userId,
            @Option(names = "--anonymous-id", paramLabel = "<id>") @Nullable List<String> anonymousIds,
            @Option(names = "--email", paramLabel = "<address>") @Nullable String email)
            throws IOException, InterruptedException {
        ObjectNode body = JSON.createObjectNode();
        if (userId != null) {
            body.put("userId", userId);
        }
        if (anonymousIds != null) {
            anonymousIds.forEach(body.putArray("anonymousIds")::add);
        }
        if (email != null) {
            body.put("email", email);
        }
        return post(at, destination, "delete-user", body.toString());
    }

    /** What was asked for has happened unless the answer says {@code refused} or {@code false}. */
    private int post(OwnedNode at, String destination, String what, @Nullable String body)
            throws IOException, InterruptedException {
        String[] names = destination.split("/", 2);
        String path = "/v1/workspaces/" + names[0] + "/destinations/" + names[names.length - 1] + "/" + what;
        return at.send("POST", path, body, (status, content) -> {
            JsonNode answer = JSON.readTree(content);
            if (status != 200) {
                return at.refused(status, answer);
            }
            answer.properties()
                    .forEach(member -> out().println(
                                    member.getKey() + ": " + member.getValue().asText()));
            boolean isRefused = answer.path("credentials").asText().equals("refused")
                    || answer.path("deleted").asText().equals("false");
            return isRefused ? 1 : 0;
        });
    }

    private PrintWriter out() {
        return Objects.requireNonNull(command).commandLine().getOut();
    }
}
