package io.segmentdo.identity;

import static io.segmentdo.config.Checks.check;

import io.segmentdo.config.Doc;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * How a workspace links identifiers: types, where they are found, how many of each a person may have, and which values
 * mean nobody.
 *
 * <p>Immutable.
 */
public record IdentityRules(
        @Doc(
                "The types in the order of their priority. A type that is not named comes last, by alphabet; user_id first.")
        List<IdentifierRule> identifiers,

        @Doc("The limit of types that are not named, 1 to 1000.")
        int limit,

        @Doc("Values that identify nobody, compared as a whole.")
        List<String> blockedValues,

        @Doc("Regular expressions; a value that matches one as a whole identifies nobody.")
        List<String> blockedPatterns,

        @Doc("Whose the events without a user are on a device that several users share: first-touch or last-touch.")
        SharedDevice sharedDevice,

        @Doc("How many identifiers a profile may have in all, 2 to 10000.")
        int identifiersMax) {
    /** To whom events without a user belong on a device that several users share. */
    public enum SharedDevice {
        /** The user whom the device was linked with. */
        FIRST_TOUCH,
        /** The user who was seen on it last. */
        LAST_TOUCH
    }

    /** Segment's documented defaults. */
    public static final IdentityRules DEFAULT = new IdentityRules(
            defaults(),
            5,
            List.of("-1", "null", "undefined", "anonymous"),
            List.of("[0-]*"),
            SharedDevice.FIRST_TOUCH,
            1000);

    /** The most that rules may allow: under them everything is joined that ever was. */
    static final IdentityRules WIDEST = new IdentityRules(
            List.of(IdentifierRule.of(ActorId.USER, 1000)),
            1000,
            List.of(),
            List.of(),
            SharedDevice.FIRST_TOUCH,
            10_000);

    /** Types that are looked for elsewhere than under other rules, of which nothing is recorded under those. */
    public List<String> typesFoundElsewhere(IdentityRules other) {
        return identifiers.stream()
                .filter(rule -> other.identifiers.stream().noneMatch(rule::isFoundAsBy))
                .map(IdentifierRule::type)
                .toList();
    }

    public IdentityRules {
        identifiers = List.copyOf(identifiers);
        blockedValues = List.copyOf(blockedValues);
        blockedPatterns = List.copyOf(blockedPatterns);
        BlockedValues.check(blockedPatterns);
        check(limit >= 1 && limit <= 1000, "limit", limit, "1 to 1000");
        check(identifiersMax >= 2 && identifiersMax <= 10_000, "identifiers-max", identifiersMax, "2 to 10000");
        Set<String> types = new HashSet<>();
        for (int i = 0; i < identifiers.size(); i++) {
            String type = identifiers.get(i).type();
            check(types.add(type), "identifiers[" + i + "].type", type, "each type once");
        }
    }

    /** These rules with other types and limits. */
    public IdentityRules withIdentifiers(List<IdentifierRule> others) {
        return new IdentityRules(others, limit, blockedValues, blockedPatterns, sharedDevice, identifiersMax);
    }

    private static List<IdentifierRule> defaults() {
        List<IdentifierRule> rules = new ArrayList<>();
        rules.add(IdentifierRule.of("anonymous_id", 5));
        rules.add(IdentifierRule.of("ga_client_id", 5, "context.integrations.Google Analytics.clientId"));
        for (String system : List.of("android", "ios")) {
            rules.add(device(system + ".id", "context.device.id", system));
            rules.add(device(system + ".idfa", "context.device.advertisingId", system));
            rules.add(device(system + ".push_token", "context.device.token", system));
        }
        rules.sort(Comparator.comparing(IdentifierRule::type));
        rules.addFirst(IdentifierRule.of("email", 5, "traits.email", "context.traits.email", "properties.email"));
        rules.addFirst(IdentifierRule.of("user_id", 1));
        return rules;
    }

    private static IdentifierRule device(String type, String path, String system) {
        return new IdentifierRule(type, List.of(path), system, 5, IdentifierRule.Window.EVER, List.of(), List.of());
    }
}
