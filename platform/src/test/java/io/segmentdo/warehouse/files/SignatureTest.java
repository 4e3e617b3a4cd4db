package io.segmentdo.warehouse.files;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.time.Instant;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The examples of AWS's documentation of Signature Version 4 for S3. */
class SignatureTest {
    @ParameterizedTest
    @CsvSource({
        "lifecycle=, fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543",
        "max-keys=2&prefix=J, 34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"
    })
    void requestsAreSignedAsDocumented(String query, String expected) {
        Signature signature =
                new Signature("us-east-1", "AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY");

        var headers = signature.headers(
                "GET",
                URI.create("https://examplebucket.s3.amazonaws.com/?" + query),
                new byte[0],
                Instant.parse("2013-05-24T00:00:00Z"));

        assertThat(headers.get("Authorization"))
                .startsWith("AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,")
                .endsWith("Signature=" + expected);
    }

    @ParameterizedTest
    @CsvSource({
        "day=2026-11-20/a b+c.parquet, day%3D2026-11-20/a%20b%2Bc.parquet",
        "größe/x~y_z-1, gr%C3%B6%C3%9Fe/x~y_z-1"
    })
    void keysAreEncodedByteByByte(String key, String expected) {
        assertThat(Signature.encode(key, true)).isEqualTo(expected);
    }
}
