package io.segmentdo.warehouse.files;

import static io.segmentdo.config.Checks.check;

import io.segmentdo.config.ByteSize;
import io.segmentdo.config.Doc;
import io.segmentdo.config.Secret;
import java.net.URI;
import java.time.Duration;

/**
 * An S3-compatible store: AWS, R2, MinIO and the like.
 *
 * <p>Immutable.
 */
public record S3Config(
        @Doc("Address of the store, e.g. `https://s3.eu-central-1.amazonaws.com` or `http://127.0.0.1:9000`.")
        URI endpoint,

        @Doc("Region by which requests are signed; `auto` for R2.")
        String region,

        @Doc("Id of the access key.") String accessKeyId,
        @Doc("The access key.") Secret secretAccessKey,

        @Doc("Files larger than this are uploaded in parts of this size while they are written, 5MiB or more.")
        ByteSize partSize,

        @Doc("How long one request may take, 1s or more.") Duration requestTimeout,

        @Doc("How often a request is tried that failed for a reason that may pass, 1 to 20.")
        int attempts) {
    public static final S3Config DEFAULT = new S3Config(
            URI.create(""), "us-east-1", "", new Secret(""), ByteSize.mebibytes(8), Duration.ofSeconds(60), 6);

    public S3Config {
        check(partSize.bytes() >= 5 << 20, "part-size", partSize, ">= 5MiB");
        check(requestTimeout.toSeconds() >= 1, "request-timeout", requestTimeout, ">= 1s");
        check(attempts >= 1 && attempts <= 20, "attempts", attempts, "1 to 20");
    }

    /** Whether a store is named. */
    public boolean isNamed() {
        return !endpoint.toString().isEmpty();
    }
}
