package io.segmentdo.identity;

import static io.segmentdo.config.Checks.check;

import io.segmentdo.config.Doc;
import java.util.List;

/**
 * What a workspace knows about one type of identifier.
 *
 * <p>Immutable.
 */
public record IdentifierRule(
        @Doc("The type, lower-case, e.g. email.") String type,

        @Doc("Where events carry it, e.g. traits.email or context.device.id; the first that is there counts."
                + " userId, anonymousId and context.externalIds are always read.")
        List<String> paths,

        @Doc("Only for events whose context.device.type is this, any when empty.")
        String deviceType,

        @Doc("How many a profile may have, 1 to 1000.") int limit,

        @Doc("Within which time the limit counts: ever, day, week, month or year.")
        Window window) {
    /** Within which time a limit counts. */
    public enum Window {
        EVER(0),
        DAY(1),
        WEEK(7),
        MONTH(30),
        YEAR(365);

        private final long millis;

        Window(int days) {
            this.millis = days * 86_400_000L;
        }

        /** Whether something seen at one time still counts at another. */
        boolean covers(long thenMillis, long nowMillis) {
            return millis == 0 || nowMillis - thenMillis < millis;
        }

        /** When something seen at a time stops to count. */
        long end(long thenMillis) {
            return millis == 0 ? Refusal.FOR_GOOD : thenMillis + millis;
        }
    }

    public IdentifierRule {
        check(!type.isEmpty() && type.equals(type.toLowerCase(java.util.Locale.ROOT)), "type", type, "lower-case");
        check(type.charAt(0) != '$', "type", type, "not to start with $");
        check(limit >= 1 && limit <= 1000, "limit", limit, "1 to 1000");
        paths = List.copyOf(paths);
    }

    /** A type that may occur so often in a profile, for all time and all devices. */
    static IdentifierRule of(String type, int limit, String... paths) {
        return new IdentifierRule(type, List.of(paths), "", limit, Window.EVER);
    }
}
