package io.segmentdo.connector;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.segmentdo.api.Connector;
import io.segmentdo.api.CredentialCheck;
import io.segmentdo.api.Delivery;
import io.segmentdo.api.HttpConnector;
import io.segmentdo.api.HttpRequest;
import io.segmentdo.api.Settings;
import io.segmentdo.api.Step;
import io.segmentdo.mapping.Scope;
import io.segmentdo.testkit.TestContext;
import io.segmentdo.testkit.TestEvent;
import io.segmentdo.testkit.TestResponse;
import java.net.URI;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.Signature;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AuthenticationTest {
    private static final String REFRESH = """
            {oauth2: {tokenUrl: "https://login.example/token", clientId: me, clientSecret: s3,
                      refreshToken: {"@settings": key}, accessToken: {"@settings": first}}}
            """;

    @Test
    void anAccessTokenIsKeptUntilShortlyBeforeItsEnd() throws Exception {
        var context = new ScriptedContext(token("one", 3600, "r2"), token("two", 3600, null));
        HttpConnector connector = connector(REFRESH, context, Map.of("key", "r1"));

        assertThat(authorization(connector)).isEqualTo("Bearer one");
        context.advance(Duration.ofMinutes(58));
        assertThat(authorization(connector)).isEqualTo("Bearer one");
        context.advance(Duration.ofMinutes(1));
        assertThat(authorization(connector)).isEqualTo("Bearer two");

        assertThat(context.sent())
                .containsExactly(
                        "POST https://login.example/token grant_type=refresh_token&refresh_token=r1&client_id=me&client_secret=s3",
                        "POST https://login.example/token grant_type=refresh_token&refresh_token=r2&client_id=me&client_secret=s3");
        assertThat(context.kept).containsEntry("refresh-token", "r2").containsEntry("access-token", "two");
    }

    @Test
    void aRestartedConnectorGoesOnWithTheTokensThatWereKept() throws Exception {
        var context = new ScriptedContext(token("one", 3600, "r2"));
        authorization(connector(REFRESH, context, Map.of("key", "r1")));

        assertThat(authorization(connector(REFRESH, context, Map.of("key", "r1"))))
                .isEqualTo("Bearer one");
        assertThat(context.requests).hasSize(1);
    }

    @Test
    void tokensThatWereKeptAreForgottenWhenOtherCredentialsAreConfigured() throws Exception {
        var context = new ScriptedContext(token("one", 3600, "r2"), token("nine", 3600, null));
        authorization(connector(REFRESH, context, Map.of("key", "r1")));

        assertThat(authorization(connector(REFRESH, context, Map.of("key", "r9"))))
                .isEqualTo("Bearer nine");
        assertThat(context.sent().getLast()).contains("refresh_token=r9");
        assertThat(context.kept).doesNotContainValue("r2").doesNotContainValue("r9");
    }

    @Test
    void aRefusedTokenIsReplacedWhenThePlatformAsksForIt() throws Exception {
        var context = new ScriptedContext(token("new", 3600, null));
        HttpConnector connector = connector(REFRESH, context, Map.of("key", "r1", "first", "old"));

        Step.Send first = send(connector);
        assertThat(first.request().headers()).containsEntry("Authorization", "Bearer old");
        assertThat(connector.outcomes(first, TestResponse.of(401)).getFirst())
                .isInstanceOf(Delivery.Unauthorized.class);
        assertThat(connector.refreshCredentials()).isTrue();
        Step.Send second = send(connector);
        assertThat(second.request().headers()).containsEntry("Authorization", "Bearer new");
        assertThat(connector.outcomes(second, TestResponse.of(401)).getFirst())
                .isInstanceOf(Delivery.Unauthorized.class);
    }

    @Test
    void aRefusedRefreshTokenKeepsTheEventsAndAServerInTroubleIsTriedAgain() {
        var context = new ScriptedContext(TestResponse.of(400), TestResponse.of(503));
        HttpConnector connector = connector(REFRESH, context, Map.of("key", "r1"));

        assertThat(settled(connector)).isInstanceOf(Delivery.Unauthorized.class);
        assertThat(settled(connector)).isEqualTo(Delivery.retry("no token: HTTP 503 for a token"));
        assertThat(settled(connector)).isEqualTo(Delivery.retry("no token: reset"));
    }

    @Test
    void clientCredentialsMayGoIntoTheHeader() throws Exception {
        var context = new ScriptedContext(token("t", 60, null));
        HttpConnector connector = connector("""
                {oauth2: {grant: client_credentials, tokenUrl: "https://login.example/token", clientId: me, clientSecret: s3,
                          credentialsIn: header, scopes: "a b", params: {audience: x}}}
                """, context, Map.of());

        authorization(connector);

        assertThat(context.sent())
                .containsExactly(
                        "POST https://login.example/token grant_type=client_credentials&scope=a%20b&audience=x");
        assertThat(context.sent("Authorization")).containsExactly("Basic bWU6czM=");
    }

    @Test
    void aJsonWebTokenIsSignedWithThePrivateKey() throws Exception {
        KeyPair pair = KeyPairGenerator.getInstance("RSA").generateKeyPair();
        String pem = "-----BEGIN PRIVATE KEY-----\n"
                + Base64.getMimeEncoder().encodeToString(pair.getPrivate().getEncoded())
                + "\n-----END PRIVATE KEY-----\n";
        var context = new ScriptedContext();
        HttpConnector connector = connector("""
                {jwtBearer: {key: {"@settings": key}, ttl: 10m, header: {kid: k1},
                             claims: {iss: {"@template": "acct.{{fingerprint}}"}}, headers: {X-Token-Type: KEYPAIR}}}
                """, context, Map.of("key", pem));

        HttpRequest request = send(connector).request();
        String[] parts = request.headers()
                .get("Authorization")
                .substring("Bearer ".length())
                .split("\\.", -1);

        long now = TestContext.START.getEpochSecond();
        String print = Base64.getEncoder()
                .encodeToString(MessageDigest.getInstance("SHA-256")
                        .digest(pair.getPublic().getEncoded()));
        assertThat(json(parts[0])).isEqualTo(Map.of("alg", "RS256", "typ", "JWT", "kid", "k1"));
        assertThat(json(parts[1]))
                .isEqualTo(Map.of("iat", (int) now, "exp", (int) now + 600, "iss", "acct.SHA256:" + print));
        Signature signature = Signature.getInstance("SHA256withRSA");
        signature.initVerify(pair.getPublic());
        signature.update((parts[0] + "." + parts[1]).getBytes(UTF_8));
        assertThat(signature.verify(Base64.getUrlDecoder().decode(parts[2]))).isTrue();
        assertThat(request.headers()).containsEntry("X-Token-Type", "KEYPAIR");
    }

    @Test
    void aJsonWebTokenMayBeExchanged() throws Exception {
        var context = new ScriptedContext(token("t", 60, null));
        HttpConnector connector = connector("""
                {jwtBearer: {algorithm: HS256, key: {"@settings": key}, tokenUrl: "https://login.example/token",
                             claims: {iss: me, scope: all}}}
                """, context, Map.of("key", "secret"));

        assertThat(authorization(connector)).isEqualTo("Bearer t");
        assertThat(context.sent().getFirst())
                .startsWith("POST https://login.example/token grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3A"
                        + "jwt-bearer&assertion=eyJ");
    }

    @Test
    void aKeyThatIsNoneIsSaidToBeThat() {
        HttpConnector connector =
                connector("{jwtBearer: {key: {'@settings': key}}}", new ScriptedContext(), Map.of("key", "no key"));

        assertThat(settled(connector)).isEqualTo(Delivery.unauthorized("the key is no private RSA key in PEM form"));
    }

    @Test
    void aSessionIsOpenedOnceAndAgainWhenItWasRefused() throws Exception {
        var context = new ScriptedContext(
                TestResponse.of(200).body("{\"session\": {\"id\": \"a\"}}"),
                TestResponse.of(200).body("{\"session\": {\"id\": \"b\"}}"));
        HttpConnector connector = connector("""
                {session: {request: {url: "https://login.example/in", body: {json: {key: {"@settings": key}}}},
                           token: "$.session.id", header: X-Session, ttl: 5m}}
                """, context, Map.of("key", "k"));

        Step.Send first = send(connector);
        assertThat(first.request().headers()).containsEntry("X-Session", "a");
        connector.outcomes(first, TestResponse.of(200));
        Step.Send second = send(connector);
        connector.outcomes(second, TestResponse.of(401));
        connector.refreshCredentials();
        assertThat(send(connector).request().headers()).containsEntry("X-Session", "b");
        assertThat(context.sent()).containsOnly("POST https://login.example/in {\"key\":\"k\"}");
    }

    @Test
    void aRequestIsSignedAsAwsPublishesIt() throws Exception {
        // "get-vanilla" of the published test suite for Signature Version 4
        var plan = SigV4Plan.read(YamlFile.read("aws.yaml", """
                        service: service
                        region: us-east-1
                        accessKeyId: AKIDEXAMPLE
                        secretAccessKey: wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY
                        """), Set.of());
        var context = new ScriptedContext();
        context.advance(Duration.between(TestContext.START, Instant.parse("2015-08-30T12:36:00Z")));

        HttpRequest signed = plan.open(Scope.of(null), context)
                .sign(HttpRequest.of("GET", URI.create("https://example.amazonaws.com/")));

        assertThat(signed.headers())
                .containsEntry("X-Amz-Date", "20150830T123600Z")
                .containsEntry(
                        "Authorization",
                        "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, "
                                + "SignedHeaders=host;x-amz-date, "
                                + "Signature=5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31");
    }

    @ParameterizedTest
    @CsvSource({
        "/?lifecycle, fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543",
        "/?max-keys=2&prefix=J, 34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"
    })
    void aRequestToS3IsSignedAsAwsPublishesIt(String path, String signature) throws Exception {
        var plan = SigV4Plan.read(YamlFile.read("aws.yaml", """
                        service: s3
                        region: us-east-1
                        accessKeyId: AKIAIOSFODNN7EXAMPLE
                        secretAccessKey: wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY
                        """), Set.of());
        var context = new ScriptedContext();
        context.advance(Duration.between(TestContext.START, Instant.parse("2013-05-24T00:00:00Z")));

        HttpRequest signed = plan.open(Scope.of(null), context)
                .sign(HttpRequest.of("GET", URI.create("https://examplebucket.s3.amazonaws.com" + path)));

        assertThat(signed.headers().get("Authorization"))
                .isEqualTo("AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request, "
                        + "SignedHeaders=host;x-amz-content-sha256;x-amz-date, Signature=" + signature);
    }

    @Test
    void aKeyMayStandInTheBody() {
        HttpConnector connector = connector(
                "{apiKey: {in: body, name: api_key, value: {'@settings': key}}}",
                new ScriptedContext(),
                Map.of("key", "k"));

        assertThat(new String(send(connector).request().body(), UTF_8)).isEqualTo("{\"a\":1,\"api_key\":\"k\"}");
    }

    @Test
    void aSignatureMayBeOverMoreThanTheBody() {
        HttpConnector connector = connector(
                "{hmac: {key: {'@settings': key}, header: X-Sign, over: {'@template': '{{method}} {{path}} {{body}}'}}}",
                new ScriptedContext(),
                Map.of("key", "k"));

        assertThat(send(connector).request().headers())
                .containsEntry("X-Sign", "4782228ad25b69809d7068063e62017e77ab3ade505c22f4fd7dfb54b0f035aa");
    }

    @Test
    void credentialsAreTestedByARequestThatChangesNothing() throws Exception {
        var context = new ScriptedContext(TestResponse.of(200), TestResponse.of(403), TestResponse.of(404));
        Connector connector = connector(
                "{bearer: {'@settings': key}}\ntest: {request: {method: GET, url: 'https://api.example/me'}}",
                context,
                Map.of("key", "k"));

        assertThat(connector.testCredentials()).isEqualTo(CredentialCheck.accepted());
        assertThat(connector.testCredentials()).isInstanceOf(CredentialCheck.Refused.class);
        assertThat(connector.testCredentials()).isEqualTo(CredentialCheck.refused("HTTP 404"));
        assertThat(context.sent()).containsOnly("GET https://api.example/me ");
        assertThat(context.sent("Authorization")).containsOnly("Bearer k");
    }

    private static TestResponse token(String token, int seconds, String refresh) {
        return TestResponse.of(200)
                .body("{\"access_token\": \"" + token + "\", \"expires_in\": " + seconds
                        + (refresh == null ? "" : ", \"refresh_token\": \"" + refresh + "\"") + "}");
    }

    private static Object json(String part) {
        return new TestContext().json().read(Base64.getUrlDecoder().decode(part));
    }

    private static HttpConnector connector(String auth, ScriptedContext context, Map<String, Object> settings) {
        DeclaredDestination destination =
                DeclaredDestination.read("auth.yaml", """
                id: auth
                settings: {key: {type: secret}, first: {type: secret}}
                actions:
                  - {name: send, subscribe: 'type = "track"', request: {url: "https://api.example/in", body: {json: {a: 1}}}}
                auth: %s
                """.formatted(auth.strip().replace("\n                ", " ")));
        return (HttpConnector) destination.connect(Settings.of(destination.descriptor(), settings), context);
    }

    private static Step.Send send(HttpConnector connector) {
        return (Step.Send) connector.steps(List.of(TestEvent.of("track", 1))).getFirst();
    }

    private static String authorization(HttpConnector connector) {
        return send(connector).request().headers().get("Authorization");
    }

    private static Delivery settled(HttpConnector connector) {
        return ((Step.Settle) connector.steps(List.of(TestEvent.of("track", 1))).getFirst()).outcome();
    }
}
