package io.segmentdo.collect;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.HostAndPort;
import java.net.URI;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The document from which SDKs learn where to send to; without {@code Segment.io} in it a browser sends to Segment. Safe
 * for concurrent use.
 */
final class SettingsDocument {
    /** What every SDK accepts: no scheme, no slash at the end. */
    private static final Pattern API_HOST =
            Pattern.compile("[A-Za-z0-9\\[][A-Za-z0-9._:\\-\\]]*(/[A-Za-z0-9._/\\-]*)?");

    private final URI publicUrl;
    private final TrustedProxies proxies;

    SettingsDocument(URI publicUrl, TrustedProxies proxies) {
        this.publicUrl = publicUrl;
        this.proxies = proxies;
    }

    Buffer of(String writeKey, HttpServerRequest request, List<String> cloudDestinations) {
        JsonObject segment = new JsonObject().put("apiKey", writeKey);
        JsonObject metrics = new JsonObject().put("sampleRate", 0);
        String apiHost = apiHost(request);
        if (apiHost != null) {
            segment.put("apiHost", apiHost).put("protocol", protocol(request));
            metrics.put("host", apiHost);
        }
        segment.put("unbundledIntegrations", new JsonArray(cloudDestinations))
                .put("addBundledMetadata", true)
                .put("maybeBundledConfigIds", new JsonObject())
                .put(
                        "versionSettings",
                        new JsonObject().put("version", "4.4.7").put("componentTypes", new JsonArray().add("browser")))
                .put(
                        "httpConfig",
                        new JsonObject()
                                .put("rateLimitConfig", new JsonObject().put("enabled", true))
                                .put("backoffConfig", new JsonObject().put("enabled", true)));
        return new JsonObject()
                .put("integrations", new JsonObject().put("Segment.io", segment))
                .put("plan", plan())
                .put("edgeFunction", new JsonObject())
                .put("analyticsNextEnabled", true)
                .put("middlewareSettings", new JsonObject())
                .put("enabledMiddleware", new JsonObject())
                .put("metrics", metrics)
                .put("legacyVideoPluginsEnabled", false)
                .put("remotePlugins", new JsonArray())
                .toBuffer();
    }

    private static JsonObject plan() {
        JsonObject enabled = new JsonObject().put("enabled", true);
        JsonObject track = enabled.copy().put("integrations", new JsonObject());
        return new JsonObject()
                .put("track", new JsonObject().put("__default", track))
                .put("identify", new JsonObject().put("__default", enabled))
                .put("group", new JsonObject().put("__default", enabled.copy()));
    }

    /** Where this SDK should send to: the configured address, else the host that it used itself; null when that is odd. */
    private @Nullable String apiHost(HttpServerRequest request) {
        String base = publicUrl.toString().isEmpty()
                ? requestedHost(request)
                : publicUrl.getRawAuthority() + publicUrl.getRawPath();
        if (base == null) {
            return null;
        }
        String host = (base.endsWith("/") ? base.substring(0, base.length() - 1) : base) + "/v1";
        return API_HOST.matcher(host).matches() ? host : null;
    }

    private @Nullable String requestedHost(HttpServerRequest request) {
        String forwarded = proxies.forwards(request) ? request.getHeader("X-Forwarded-Host") : null;
        if (forwarded != null) {
            return forwarded.split(",", -1)[0].trim();
        }
        HostAndPort authority = request.authority();
        return authority == null ? null : authority.toString();
    }

    private String protocol(HttpServerRequest request) {
        if (!publicUrl.toString().isEmpty()) {
            return publicUrl.getScheme();
        }
        String forwarded = proxies.forwards(request) ? request.getHeader("X-Forwarded-Proto") : null;
        boolean isHttps = forwarded == null
                ? request.isSSL()
                : forwarded.split(",", -1)[0].trim().equalsIgnoreCase("https");
        return isHttps ? "https" : "http";
    }
}
