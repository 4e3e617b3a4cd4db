package io.segmentdo.identity;

import static io.segmentdo.config.Checks.check;

import io.segmentdo.config.Default;
import io.segmentdo.config.Doc;
import java.util.List;
import java.util.stream.Stream;

/**
 * What a workspace knows about one type of identifier.
 *
 * <p>Immutable.
 */
public record IdentifierRule(
        @Doc("The type, lower-case, e.g. email.") String type,

        @Doc("Where events carry it, e.g. traits.email or context.device.id; what stands at any of them counts."
                + " None for the traits of that name, in snake or camel case. userId, anonymousId and"
                + " context.externalIds are always read.")
        List<String> paths,

        @Default("") @Doc("Only for events whose context.device.type is this, any when empty.")
        String deviceType,

        @Default("0")
        @Doc(
                "How many a profile may have, 1 to 1000; 0 for one user_id, and for others the limit of types that are not named.")
        int limit,

        @Default("ever") @Doc("Within which time the limit counts: ever, day, week, month or year.")
        Window window,

        @Doc("Values of this type that identify nobody, compared as a whole.")
        List<String> blockedValues,

        @Doc("Regular expressions; a value of this type that matches one as a whole identifies nobody.")
        List<String> blockedPatterns) {
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
        check(
                type.matches("[a-z0-9][a-z0-9_.-]{0,99}"),
                "type",
                type,
                "lower case letters, digits, _, . and -, at most 100");
        check(limit >= 0 && limit <= 1000, "limit", limit, "0 to 1000");
        paths = List.copyOf(paths);
        for (int i = 0; i < paths.size(); i++) {
            check(paths.get(i).matches("[^.]+([.][^.]+)+"), "paths[" + i + "]", paths.get(i), "e.g. traits.email");
        }
        blockedValues = List.copyOf(blockedValues);
        blockedPatterns = List.copyOf(blockedPatterns);
        BlockedValues.check(blockedPatterns);
    }

    /** A type that may occur so often in a profile, for all time and all devices. */
    static IdentifierRule of(String type, int limit, String... paths) {
        return new IdentifierRule(type, List.of(paths), "", limit, Window.EVER, List.of(), List.of());
    }

    /** This type with a limit that counts within a time. */
    IdentifierRule within(Window other) {
        return new IdentifierRule(type, paths, deviceType, limit, other, blockedValues, blockedPatterns);
    }

    /** This type without some values. */
    IdentifierRule without(List<String> values, List<String> patterns) {
        return new IdentifierRule(type, paths, deviceType, limit, window, values, patterns);
    }

    /** Whether another rule finds the same values. */
    boolean isFoundAsBy(IdentifierRule other) {
        return type.equals(other.type)
                && deviceType.equals(other.deviceType)
                && effectivePaths().equals(other.effectivePaths());
    }

    /** Where it is looked for. */
    List<String> effectivePaths() {
        boolean isOfTheEvent = type.equals(ActorId.USER) || type.equals(ActorId.ANONYMOUS);
        if (!paths.isEmpty() || isOfTheEvent) {
            return paths;
        }
        return Stream.of(type, camelCase(type))
                .distinct()
                .flatMap(name -> Stream.of("traits." + name, "context.traits." + name))
                .toList();
    }

    private static String camelCase(String name) {
        StringBuilder camel = new StringBuilder(name.length());
        for (int i = 0; i < name.length(); i++) {
            boolean isBreak = name.charAt(i) == '_' && i > 0 && i + 1 < name.length();
            camel.append(isBreak ? Character.toUpperCase(name.charAt(++i)) : name.charAt(i));
        }
        return camel.toString();
    }
}
