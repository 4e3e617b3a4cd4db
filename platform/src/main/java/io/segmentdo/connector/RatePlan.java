package io.segmentdo.connector;

import io.segmentdo.api.HttpResponse;
import io.segmentdo.api.RateLimit;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * How much a destination takes, and how it says that it was too much.
 *
 * <p>Immutable.
 *
 * @param limit of requests
 * @param header that names a delay or a time, where it is not Retry-After
 * @param form what stands there: seconds, millis, epoch or epochMillis; a date is always understood
 */
record RatePlan(RateLimit limit, Optional<String> header, String form) {
    static final RatePlan NONE = new RatePlan(RateLimit.NONE, Optional.empty(), "seconds");

    /** Reads {@code rate}. */
    static RatePlan read(YamlObject connector) {
        if (!connector.has("rate")) {
            return NONE;
        }
        YamlObject rate = connector.object("rate").allow("requests", "per", "concurrency", "daily", "retryAfter");
        YamlObject later = rate.object("retryAfter").allow("header", "form");
        return new RatePlan(
                new RateLimit(
                        rate.count("requests", Integer.MAX_VALUE),
                        rate.span("per", Duration.ofSeconds(1)),
                        rate.count("concurrency", Integer.MAX_VALUE),
                        rate.count("daily", Integer.MAX_VALUE)),
                rate.has("retryAfter") ? Optional.of(later.text("header")) : Optional.empty(),
                later.choice("form", "seconds", "millis", "epoch", "epochMillis"));
    }

    /** The response with its delay where everybody looks for it. */
    HttpResponse translated(HttpResponse response, Instant now) {
        Optional<String> seconds = header.flatMap(response::header).flatMap(text -> seconds(text, now));
        return seconds.isEmpty() ? response : new Translated(response, seconds.get());
    }

    private Optional<String> seconds(String text, Instant now) {
        if (!text.strip().matches("\\d{1,15}(\\.\\d{1,9})?")) {
            return Optional.of(text); // a date, or nothing that anybody reads
        }
        double number = Double.parseDouble(text.strip());
        double seconds = switch (form) {
            case "millis" -> number / 1000;
            case "epoch" -> number - now.toEpochMilli() / 1000.0;
            case "epochMillis" -> (number - now.toEpochMilli()) / 1000;
            default -> number;
        };
        return Optional.of(Long.toString((long) Math.ceil(Math.max(0, seconds))));
    }

    private record Translated(HttpResponse response, String retryAfter) implements HttpResponse {
        @Override
        public int status() {
            return response.status();
        }

        @Override
        public Optional<String> header(String name) {
            return name.equalsIgnoreCase("Retry-After") ? Optional.of(retryAfter) : response.header(name);
        }

        @Override
        public byte[] body() {
            return response.body();
        }
    }
}
