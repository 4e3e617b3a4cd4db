package io.segmentdo.profile;

import static io.segmentdo.config.Checks.check;

import io.segmentdo.config.Doc;

/**
 * The bounds of the Profile API.
 *
 * <p>Immutable.
 */
public record ProfileConfig(
        @Doc("How many requests of the Profile API a workspace may make in a second on one node, >= 1.")
        int requestsPerSecond,

        @Doc("How many facts of a workspace's ledger a dry run of identity rules may replay, 1000 to 100000000;"
                + " it keeps about 1 KB for each.")
        int dryRunFactsMax) {
    public static final ProfileConfig DEFAULT = new ProfileConfig(100, 500_000);

    public ProfileConfig {
        check(requestsPerSecond >= 1, "requests-per-second", requestsPerSecond, ">= 1");
        check(
                dryRunFactsMax >= 1000 && dryRunFactsMax <= 100_000_000,
                "dry-run-facts-max",
                dryRunFactsMax,
                "1000 to 100000000");
    }
}
