package io.segmentdo.app.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code segmentdo profile}: who somebody is, and why. */
@Command(name = "profile", description = "Shows who an identifier belongs to.", mixinStandardHelpOptions = true)
final class ProfileCommand implements Callable<Integer> {
    private static final ObjectMapper JSON = new ObjectMapper();

    @Spec
    private @Nullable CommandSpec command;

    @Mixin
    private OwnedNode node = new OwnedNode();

    @Option(names = "--workspace", paramLabel = "<id>", defaultValue = "demo", description = "Whose (default: demo).")
    private String workspace = "demo";

    @Parameters(paramLabel = "<identifier>", description = "E.g. user_id:u1 or email:ann@shop.example.")
    private String identifier = "";

    @Option(names = "--why", description = "Shows what made its identifiers one person.")
    private boolean why;

    @Option(names = "--with", paramLabel = "<identifier>", description = "Only what joined it with this one.")
    private @Nullable String with;

    @Override
    public Integer call() throws IOException, InterruptedException {
        String path = "/v1/workspaces/" + workspace + "/profiles/" + encoded(identifier);
        if (with != null) {
            path += "/why?with=" + encoded(with);
        } else if (why) {
            path += "/why";
        }
        CommandLine line = Objects.requireNonNull(command).commandLine();
        return node.send("GET", path, null, (status, content) -> print(line, status, content));
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    /** Prints an answer as it is; the exit code. */
    static int print(CommandLine line, int status, InputStream content) throws IOException {
        JsonNode answer = JSON.readTree(content);
        if (status != 200) {
            line.getErr().println(answer.at("/error/message").asText("The node answered " + status));
            return 1;
        }
        line.getOut().println(JSON.writerWithDefaultPrettyPrinter().writeValueAsString(answer));
        return 0;
    }
}
