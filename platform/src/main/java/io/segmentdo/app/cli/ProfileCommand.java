package io.segmentdo.app.cli;

import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code segmentdo profile}: who somebody is, and why. */
@Command(
        name = "profile",
        description = "Shows who an identifier belongs to, or takes it away.",
        mixinStandardHelpOptions = true)
final class ProfileCommand implements Callable<Integer> {
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

    @Option(names = "--detach", description = "Takes this identifier away from its person.")
    private boolean detach;

    @Override
    public Integer call() throws IOException, InterruptedException {
        String path = "/v1/workspaces/" + workspace + "/profiles/" + encoded(identifier);
        if (detach) {
            return node.send("POST", path + "/detach", "", node::show);
        }
        if (with != null) {
            path += "/why?with=" + encoded(with);
        } else if (why) {
            path += "/why";
        }
        return node.send("GET", path, null, node::show);
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
