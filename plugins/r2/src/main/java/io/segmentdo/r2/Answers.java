package io.segmentdo.r2;

import io.segmentdo.api.Delivery;
import io.segmentdo.api.HttpResponse;
import io.segmentdo.api.ResponseClasses;
import java.time.Instant;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What the store's answers mean: first by the code in the body, then by the status. Pure. */
final class Answers {
    private static final Pattern CODE = Pattern.compile("<Code>(\\w+)</Code>");

    /** Passing troubles behind statuses that say otherwise. */
    private static final Set<String> PASSING = Set.of(
            "RequestTimeout",
            "RequestTimeTooSkewed",
            "IncompleteBody",
            "OperationAborted",
            "SlowDown",
            "InternalError");

    /** The configuration does not fit; the events can wait until it does. */
    private static final Set<String> CONFIGURATION = Set.of(
            "NoSuchBucket",
            "InvalidBucketName",
            "PermanentRedirect",
            "AuthorizationHeaderMalformed",
            "InvalidAccessKeyId",
            "SignatureDoesNotMatch",
            "AccountProblem",
            "AllAccessDisabled");

    private Answers() {}

    static Delivery classify(HttpResponse response, Instant now) {
        Matcher found = CODE.matcher(response.text());
        String code = found.find() ? found.group(1) : "";
        String reason = "HTTP " + response.status() + (code.isEmpty() ? "" : " " + code);
        Delivery byStatus = ResponseClasses.classify(response, now);
        if (PASSING.contains(code) && !(byStatus instanceof Delivery.RetryAfter)) {
            return Delivery.retry(reason);
        }
        if (CONFIGURATION.contains(code) || response.status() == 301) {
            return Delivery.unauthorized(reason);
        }
        return byStatus instanceof Delivery.Rejected ? Delivery.rejected(reason) : byStatus;
    }
}
