package io.segmentdo.webhook;

import io.segmentdo.api.Batching;
import io.segmentdo.api.Connector;
import io.segmentdo.api.Descriptor;
import io.segmentdo.api.Destination;
import io.segmentdo.api.DestinationContext;
import io.segmentdo.api.Setting;
import io.segmentdo.api.Settings;
import io.segmentdo.api.SettingsException;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** The webhook: each event as JSON in the body of a request to the user's URL, or several as a JSON array. */
public final class WebhookDestination implements Destination {
    private static final Pattern HEADER_NAME = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+");
    private static final Set<String> RESERVED =
            Set.of("host", "content-length", "transfer-encoding", "connection", "x-signature", "idempotency-key");

    private static final Descriptor DESCRIPTOR = Descriptor.of("webhook", "Webhook")
            .description("Sends every event to a URL of yours, unchanged and signed.")
            .alsoKnownAs("Webhooks", "Webhooks (Actions)")
            .batching(new Batching(1, 4 << 20, Duration.ZERO))
            .settings(
                    Setting.url("url").label("URL").required().help("Where the requests go."),
                    Setting.choice("method", "POST", "PUT", "PATCH")
                            .label("Method")
                            .defaultsTo("POST")
                            .help("The method of the requests."),
                    Setting.textMap("headers")
                            .label("Headers")
                            .secret()
                            .help("Headers to add to each request, e.g. Authorization."),
                    Setting.secret("sharedSecret")
                            .label("Shared secret")
                            .help("Signs each request in the header X-Signature; without it requests are not signed."),
                    Setting.choice("signature", Signature.names())
                            .label("Signature")
                            .defaultsTo(Signature.SHA256.wireName())
                            .help("sha256: hex HMAC-SHA256 of the whole body. sha256-timestamp: the same of"
                                    + " X-Signature-Timestamp, a dot and the body, against replays. segment-v1: hex"
                                    + " HMAC-SHA1 as Segment's webhooks sign, for a batch over its first event only."),
                    Setting.integer("batchSize", 1, 10_000)
                            .label("Batch size")
                            .defaultsTo(1)
                            .help("How many events go into one request at most; 1 sends each alone, otherwise the body"
                                    + " is an array."),
                    Setting.integer("batchBytes", 1024, 64 << 20)
                            .label("Batch bytes")
                            .defaultsTo(4 << 20)
                            .help("How many bytes go into one request at most, unless a single event is larger."),
                    Setting.integer("batchLingerMillis", 0, 60_000)
                            .label("Batch linger")
                            .defaultsTo(100)
                            .help("How many milliseconds the first event of a batch waits for others at most."));

    /** For the service loader. */
    public WebhookDestination() {}

    @Override
    public Descriptor descriptor() {
        return DESCRIPTOR;
    }

    @Override
    public Connector connect(Settings settings, DestinationContext context) {
        Map<String, String> headers = settings.textMap("headers");
        headers.forEach(WebhookDestination::check);
        return new WebhookConnector(settings, headers, context.clock());
    }

    private static void check(String name, String value) {
        if (!HEADER_NAME.matcher(name).matches() || RESERVED.contains(name.toLowerCase(Locale.ROOT))) {
            throw new SettingsException("headers." + name + ": not a header that can be set");
        }
        if (value.chars().anyMatch(c -> (c < ' ' && c != '\t') || c > 126)) {
            throw new SettingsException("headers." + name + ": *** (expected: printable ASCII)");
        }
    }
}
