package io.segmentdo.control;

import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Supplier;

/**
 * How the node is, as the sum of how its parts say they are.
 *
 * <p>Parts register a check, which is called on an event loop for each question and must answer at once. Safe for
 * concurrent use.
 */
public final class Health {
    /** How bad it is, from fine to hopeless. */
    public enum Status {
        /** All is well. */
        OK,
        /** Works, but someone should look. */
        DEGRADED,
        /** Cannot take requests now; it may pass. */
        NOT_READY,
        /** Will not recover without a restart. */
        DEAD
    }

    /**
     * The answer of a part.
     *
     * @param status how it is
     * @param reason one sentence in plain words; empty when all is well
     */
    public record Report(Status status, String reason) {
        public static final Report OK = new Report(Status.OK, "");

        /** It works, but someone should look. */
        public static Report degraded(String reason) {
            return new Report(Status.DEGRADED, reason);
        }

        /** It cannot take requests now. */
        public static Report notReady(String reason) {
            return new Report(Status.NOT_READY, reason);
        }

        /** It needs a restart. */
        public static Report dead(String reason) {
            return new Report(Status.DEAD, reason);
        }
    }

    private final Map<String, Supplier<Report>> checks = new ConcurrentSkipListMap<>();

    /** Adds or replaces the check of a part. */
    public void register(String component, Supplier<Report> check) {
        checks.put(component, check);
    }

    /** Every part with its report; a check that throws is a part that is not ready. */
    public Map<String, Report> reports() {
        Map<String, Report> reports = new ConcurrentSkipListMap<>();
        checks.forEach((component, check) -> reports.put(component, ask(check)));
        return reports;
    }

    /** The worst of some reports. */
    static Status worst(Map<String, Report> reports) {
        return reports.values().stream()
                .map(Report::status)
                .max(Status::compareTo)
                .orElse(Status.OK);
    }

    private static Report ask(Supplier<Report> check) {
        try {
            return check.get();
        } catch (RuntimeException e) {
            return Report.notReady("The check itself failed: " + e);
        }
    }
}
