package io.segmentdo.aws;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AwsSignatureTest {
    private static final AwsKeys KEYS = new AwsKeys("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY");
    private static final AwsKeys S3_KEYS =
            new AwsKeys("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY");

    /** Cases of the test suite that AWS publishes for Signature Version 4, under their names there. */
    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
            get-vanilla                      | GET  | /               |                          |   | 5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31
            get-vanilla-query-order-key-case | GET  | /?Param2=value2&Param1=value1 |            |   | b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500
            get-vanilla-empty-query-key      | GET  | /?Param1=value1 |                          |   | a67d582fa61cc504c4bae71f336f98b97f1ea3c7a6bfe1b6e45aec72011b9aeb
            get-vanilla-utf8-query           | GET  | /?%E1%88%B4=bar |                          |   | 2cdec8eed098649ff3a119c94853b13c643bcf08f8b0a1d91e12c9027818dd04
            get-unreserved                   | GET  | /-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz | |  | 07ef7494c76fa4850883e2b006601f940f8a34d404d0cfa977f52a65bbf5f24f
            get-header-value-trim            | GET  | /               | My-Header1: value1,My-Header2: "a   b   c" | | acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736
            post-vanilla                     | POST | /               |                          |   | 5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b
            post-x-www-form-urlencoded       | POST | /               | Content-Type:application/x-www-form-urlencoded | Param1=value1 | ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a
            """)
    void requestsAreSignedAsAwsPublishesIt(
            String name, String method, String path, String headers, String body, String signature) {
        Map<String, String> signed = new HashMap<>();
        for (String header : headers == null ? new String[0] : headers.split(",", -1)) {
            String[] parts = header.split(":", 2);
            signed.put(parts[0], parts[1]);
        }

        var added = new AwsSignature("service", "us-east-1")
                .headers(
                        KEYS,
                        method,
                        URI.create("https://example.amazonaws.com" + path),
                        signed,
                        (body == null ? "" : body).getBytes(StandardCharsets.UTF_8),
                        Instant.parse("2015-08-30T12:36:00Z"));

        assertThat(added.get("Authorization"))
                .startsWith("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, ")
                .endsWith("Signature=" + signature);
        assertThat(added).containsEntry("X-Amz-Date", "20150830T123600Z").hasSize(2);
    }

    /** The examples of AWS's documentation for S3. */
    @ParameterizedTest
    @CsvSource({
        "?lifecycle, fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543",
        "?lifecycle=, fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543",
        "?max-keys=2&prefix=J, 34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"
    })
    void requestsToS3AreSignedAsAwsDocumentsIt(String query, String signature) {
        var headers = new AwsSignature("s3", "us-east-1")
                .headers(
                        S3_KEYS,
                        "GET",
                        URI.create("https://examplebucket.s3.amazonaws.com/" + query),
                        Map.of(),
                        new byte[0],
                        Instant.parse("2013-05-24T00:00:00Z"));

        assertThat(headers.get("Authorization"))
                .isEqualTo("AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request, "
                        + "SignedHeaders=host;x-amz-content-sha256;x-amz-date, Signature=" + signature);
    }

    @Test
    void theTokenOfASessionIsSignedAndNothingSecretIsShown() {
        AwsKeys keys = new AwsKeys("id", "hidden", "token");

        var headers = new AwsSignature("sts", "eu-west-1")
                .headers(keys, "GET", URI.create("http://localhost:8080/"), Map.of(), new byte[0], Instant.EPOCH);

        assertThat(headers).containsEntry("X-Amz-Security-Token", "token");
        assertThat(headers.get("Authorization")).contains("SignedHeaders=host;x-amz-date;x-amz-security-token,");
        assertThat(keys.toString()).isEqualTo("AwsKeys[id]");
    }

    @ParameterizedTest
    @CsvSource({
        "day=2026-11-20/a b+c.parquet, day%3D2026-11-20/a%20b%2Bc.parquet",
        "größe/x~y_z-1, gr%C3%B6%C3%9Fe/x~y_z-1"
    })
    void keysAreEncodedByteByByte(String key, String expected) {
        assertThat(AwsSignature.encode(key, true)).isEqualTo(expected);
    }
}
