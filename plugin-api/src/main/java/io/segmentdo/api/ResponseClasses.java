package io.segmentdo.api;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What statuses mean for most destinations; connectors refine it where theirs differ.
 *
 * <table>
 * <caption>Statuses and outcomes</caption>
 * <tr><td>2xx</td><td>delivered</td></tr>
 * <tr><td>401, 403</td><td>unauthorized: the credentials may be put right, and no event is lost until then</td></tr>
 * <tr><td>408, 409, 423, 425, 429, 5xx</td><td>retry; after {@code Retry-After} where 429 or 503 names one</td></tr>
 * <tr><td>everything else</td><td>rejected</td></tr>
 * </table>
 *
 * <p>Pure.
 */
public final class ResponseClasses {
    private static final Duration RETRY_AFTER_MAX = Duration.ofHours(1);

    /** The form that HTTP prescribes, the two old ones that it still accepts, and the one that some use instead. */
    private static final List<DateTimeFormatter> DATES = List.of(
            DateTimeFormatter.RFC_1123_DATE_TIME,
            DateTimeFormatter.ofPattern("EEEE, dd-MMM-yy HH:mm:ss zzz", Locale.ENGLISH),
            DateTimeFormatter.ofPattern("EEE MMM ppd HH:mm:ss yyyy", Locale.ENGLISH)
                    .withZone(ZoneOffset.UTC),
            DateTimeFormatter.ISO_OFFSET_DATE_TIME);

    private ResponseClasses() {}

    /** The outcome that a response has for each event of its request. */
    public static Delivery classify(HttpResponse response, Instant now) {
        int status = response.status();
        if (status >= 200 && status < 300) {
            return Delivery.delivered();
        }
        String reason = "HTTP " + status;
        return switch (status) {
            case 401, 403 -> Delivery.unauthorized(reason + ", the credentials were not accepted");
            case 429, 503 ->
                retryAfter(response, now)
                        .map(delay -> Delivery.retryAfter(reason, delay))
                        .orElseGet(() -> Delivery.retry(reason));
            case 408, 409, 423, 425 -> Delivery.retry(reason);
            default -> status >= 500 ? Delivery.retry(reason) : Delivery.rejected(reason);
        };
    }

    /** The delay that {@code Retry-After} asks for, as seconds or as a date in any of its forms; at most an hour. */
    public static Optional<Duration> retryAfter(HttpResponse response, Instant now) {
        return response.header("Retry-After").map(String::trim).flatMap(text -> parse(text, now));
    }

    private static Optional<Duration> parse(String text, Instant now) {
        if (text.matches("\\d{1,9}(\\.\\d{1,9})?")) {
            return Optional.of(bounded(Duration.ofMillis((long) Math.ceil(Double.parseDouble(text) * 1000))));
        }
        return DATES.stream()
                .flatMap(form -> date(text, form).stream())
                .findFirst()
                .map(date -> bounded(Duration.between(now, date)));
    }

    private static Optional<Instant> date(String text, DateTimeFormatter form) {
        try {
            return Optional.of(Instant.from(form.parse(text)));
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    private static Duration bounded(Duration delay) {
        if (delay.isNegative()) {
            return Duration.ZERO;
        }
        return delay.compareTo(RETRY_AFTER_MAX) > 0 ? RETRY_AFTER_MAX : delay;
    }
}
