package io.segmentdo.connector;

import io.segmentdo.api.DestinationContext;
import io.segmentdo.api.HttpRequest;
import io.segmentdo.api.HttpResponse;
import io.segmentdo.aws.AwsKeys;
import io.segmentdo.aws.AwsSignature;
import io.segmentdo.mapping.Mapping;
import io.segmentdo.mapping.Scope;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A role of AWS that is taken on: keys are exchanged for those of the role, which are good for an hour, at AWS's Security
 * Token Service.
 *
 * <p>Immutable.
 *
 * @param arn the role
 * @param externalId what the role's owner asks for, so that only who was told can take it on
 * @param sessionName by which the owner recognises us in its logs
 * @param stsUrl where the keys are exchanged
 */
record RolePlan(Mapping arn, Mapping externalId, Mapping sessionName, Optional<UrlTemplate> stsUrl) {
    private static final Duration SKEW = Duration.ofMinutes(5);
    private static final Pattern SESSION_NAME = Pattern.compile("[\\w+=,.@-]{2,64}");
    private static final String SEPARATOR = "\n";

    /** Reads what {@code sigv4} says about a role, if it does. */
    static Optional<RolePlan> read(YamlObject auth, Set<String> names) {
        for (String key : new String[] {"externalId", "sessionName", "stsUrl"}) {
            if (auth.has(key) && !auth.has("roleArn")) {
                auth.problem(key, "roleArn beside it");
            }
        }
        var plan = new RolePlan(
                auth.mapping("roleArn", names),
                auth.mapping("externalId", names),
                auth.mapping("sessionName", names),
                auth.has("stsUrl") ? Optional.of(UrlTemplate.read(auth, "stsUrl", names, Set.of())) : Optional.empty());
        auth.takes("stsUrl", SchemaNode.Kind.MAPPING);
        return auth.has("roleArn") ? Optional.of(plan) : Optional.empty();
    }

    /** The credentials of the role, for who has these keys. */
    Credentials open(AwsSignature signature, AwsKeys keys, Scope configured, DestinationContext context) {
        return new TokenCredentials(
                () -> assume(signature.region(), keys, configured, context),
                TokenCredentials.settings(configured),
                SKEW,
                (request, token) -> SigV4Plan.sign(
                        request, signature, keys(token), context.clock().instant()),
                context);
    }

    private static AwsKeys keys(String token) {
        String[] parts = token.split(SEPARATOR, 3);
        return new AwsKeys(parts[0], parts[1], parts[2]);
    }

    private TokenSource.Token assume(String region, AwsKeys keys, Scope configured, DestinationContext context)
            throws IOException, UnauthorizedException, InterruptedException {
        String address = stsUrl.map(url -> url.fill(configured)).orElse("https://sts." + region + ".amazonaws.com/");
        HttpRequest request = HttpRequest.of("POST", URI.create(address))
                .header("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")
                .body(BodyKind.form(form(configured, context)).getBytes(StandardCharsets.UTF_8));
        Instant now = context.clock().instant();
        HttpResponse response =
                context.http().send(SigV4Plan.sign(request, new AwsSignature("sts", region), keys, now));
        TokenRequests.check(response);
        String answer = response.text();
        String token = String.join(
                SEPARATOR,
                member(answer, "AccessKeyId"),
                member(answer, "SecretAccessKey"),
                member(answer, "SessionToken"));
        try {
            return new TokenSource.Token(
                    token, Optional.of(Duration.between(now, Instant.parse(member(answer, "Expiration")))));
        } catch (DateTimeParseException noTime) {
            throw new IOException("the keys of a role have an end that is no time", noTime);
        }
    }

    private Map<String, @Nullable Object> form(Scope configured, DestinationContext context) {
        String name = SigV4Plan.text(sessionName, configured);
        String otherwise = context.destination().replaceAll("[^\\w+=,.@-]", "-");
        Map<String, @Nullable Object> form = new LinkedHashMap<>();
        form.put("Action", "AssumeRole");
        form.put("Version", "2011-06-15");
        form.put("RoleArn", SigV4Plan.text(arn, configured));
        form.put(
                "RoleSessionName",
                SESSION_NAME.matcher(name).matches() ? name : otherwise.substring(0, Math.min(otherwise.length(), 64)));
        String external = SigV4Plan.text(externalId, configured);
        form.put("ExternalId", external.isEmpty() ? null : external);
        return form;
    }

    /** A member of the answer, whose values are never anything but text. */
    private static String member(String xml, String name) throws UnauthorizedException {
        Matcher found = Pattern.compile("<" + name + ">\\s*([^<\\s]+)\\s*</" + name + ">")
                .matcher(xml);
        if (!found.find()) {
            throw new UnauthorizedException("a role was taken on, but there is no " + name + " in the answer");
        }
        return found.group(1);
    }
}
