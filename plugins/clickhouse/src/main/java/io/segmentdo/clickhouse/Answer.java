package io.segmentdo.clickhouse;

import io.segmentdo.api.Delivery;
import io.segmentdo.api.HttpResponse;
import io.segmentdo.api.ResponseClasses;
import io.segmentdo.api.rows.Insertion;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What an answer means, by the code of the exception in it where there is one.
 *
 * <p>Immutable.
 *
 * @param code 0 where there is none
 * @param isStale whether a table or a column is not there
 * @param reason without what the rows hold
 * @param outcome of everything that was asked for
 */
record Answer(int code, boolean isStale, String reason, Delivery outcome) {
    private static final Pattern CODE = Pattern.compile("Code: (\\d{1,9})\\.");
    private static final Pattern NAME = Pattern.compile("\\(([A-Z][A-Z_]{2,60})\\)");

    private static final Set<Integer> STALE = Set.of(16, 47, 60);
    private static final Set<Integer> BAD_ROW = Set.of(6, 26, 27, 33, 38, 41, 53, 69, 70, 72, 117, 130, 131, 349);
    private static final Set<Integer> CONFIGURATION = Set.of(81, 192, 193, 194, 497, 516);
    private static final String UNKNOWN_COLUMN = "Unknown field found";
    private static final int TOO_LARGE = 413;

    static Answer of(HttpResponse response, Instant now) {
        Matcher inBody = CODE.matcher(response.text());
        boolean isInBody = inBody.find();
        int code = response.header("X-ClickHouse-Exception-Code")
                .filter(text -> text.matches("\\d{1,9}"))
                .map(Integer::valueOf)
                .orElseGet(() -> isInBody && response.status() >= 300 ? Integer.parseInt(inBody.group(1)) : 0);
        Matcher name = NAME.matcher(response.text());
        String reason = "HTTP " + response.status()
                + (code == 0 ? "" : ", code " + code + (name.find() ? " " + name.group(1) : ""));
        boolean isStale = STALE.contains(code) || response.text().contains(UNKNOWN_COLUMN);
        return new Answer(code, isStale, reason, outcome(code, reason, response, now));
    }

    private static Delivery outcome(int code, String reason, HttpResponse response, Instant now) {
        Delivery byStatus = ResponseClasses.classify(response, now);
        if (code == 0) {
            return byStatus;
        }
        if (CONFIGURATION.contains(code)) {
            return Delivery.unauthorized(reason);
        }
        if (BAD_ROW.contains(code)) {
            return Delivery.rejected(reason);
        }
        return byStatus instanceof Delivery.RetryAfter ? byStatus : Delivery.retry(reason);
    }

    /** The same, for rows that were inserted. */
    Insertion insertion() {
        if (isStale) {
            return Insertion.stale(reason);
        }
        if (BAD_ROW.contains(code) || reason.equals("HTTP " + TOO_LARGE)) {
            return Insertion.refused(reason);
        }
        return Insertion.settled(List.of(outcome));
    }
}
