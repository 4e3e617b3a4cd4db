package io.segmentdo.connector;

import io.segmentdo.api.DestinationContext;
import io.segmentdo.api.HttpRequest;
import io.segmentdo.aws.AwsKeys;
import io.segmentdo.aws.AwsSignature;
import io.segmentdo.mapping.Mapping;
import io.segmentdo.mapping.Scope;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Signs requests as AWS does, version 4. Host, content type and all {@code x-amz-} headers, the date among them, are signed.
 *
 * <p>Immutable.
 *
 * @param service e.g. {@code firehose}
 * @param region e.g. {@code eu-west-1}
 * @param accessKeyId the key's name
 * @param secretAccessKey the key
 * @param sessionToken of temporary credentials
 * @param role that is taken on with these keys, where one is
 */
record SigV4Plan(
        Mapping service,
        Mapping region,
        Mapping accessKeyId,
        Mapping secretAccessKey,
        Mapping sessionToken,
        Optional<RolePlan> role)
        implements Authentication {
    static SigV4Plan read(YamlObject auth, Set<String> names) {
        auth.allow(
                "service",
                "region",
                "accessKeyId",
                "secretAccessKey",
                "sessionToken",
                "roleArn",
                "externalId",
                "sessionName",
                "stsUrl");
        for (String key : List.of("service", "region", "accessKeyId", "secretAccessKey")) {
            if (!auth.has(key)) {
                auth.problem(key, "a text or a mapping");
            }
        }
        return new SigV4Plan(
                auth.mapping("service", names),
                auth.mapping("region", names),
                auth.mapping("accessKeyId", names),
                auth.mapping("secretAccessKey", names),
                auth.mapping("sessionToken", names),
                RolePlan.read(auth, names));
    }

    @Override
    public Credentials open(Scope configured, DestinationContext context) {
        var signature = new AwsSignature(text(service, configured), text(region, configured));
        var keys = new AwsKeys(
                text(accessKeyId, configured), text(secretAccessKey, configured), text(sessionToken, configured));
        return role.filter(plan -> !text(plan.arn(), configured).isEmpty())
                .map(plan -> plan.open(signature, keys, configured, context))
                .orElse(request ->
                        sign(request, signature, keys, context.clock().instant()));
    }

    /** The request with a signature. */
    static HttpRequest sign(HttpRequest request, AwsSignature signature, AwsKeys keys, Instant now) {
        Map<String, String> signed = new HashMap<>();
        request.headers().forEach((name, value) -> {
            String lower = name.toLowerCase(Locale.ROOT);
            if (lower.equals("content-type") || lower.startsWith("x-amz-")) {
                signed.put(lower, value);
            }
        });
        HttpRequest next = request;
        for (Map.Entry<String, String> header : signature
                .headers(keys, request.method(), request.uri(), signed, request.body(), now)
                .entrySet()) {
            next = next.header(header.getKey(), header.getValue());
        }
        return next;
    }

    /** A text, or nothing. */
    static String text(Mapping mapping, Scope scope) {
        return mapping.apply(scope) instanceof String text ? text : "";
    }
}
