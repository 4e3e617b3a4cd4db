package io.segmentdo.warehouse.replay;

import static io.segmentdo.config.Checks.check;

import io.segmentdo.config.Doc;

/**
 * How fast events of the past are delivered again.
 *
 * <p>Immutable.
 */
public record ReplayConfig(
        @Doc("Events per second of one replay, when it does not ask for less or more.")
        int rate,

        @Doc("The most events per second that a replay may ask for.")
        int rateMax,

        @Doc("Events of replays that a destination may have waiting before the next are handed over, 1 to 1000000.")
        int waitingMax,

        @Doc("Replays that run at a time, 1 to 64; more wait.")
        int concurrent) {
    public static final ReplayConfig DEFAULT = new ReplayConfig(500, 50_000, 5_000, 2);

    public ReplayConfig {
        check(rate >= 1, "rate", rate, ">= 1");
        check(rateMax >= rate, "rate-max", rateMax, "not less than rate");
        check(waitingMax >= 1 && waitingMax <= 1_000_000, "waiting-max", waitingMax, "1 to 1000000");
        check(concurrent >= 1 && concurrent <= 64, "concurrent", concurrent, "1 to 64");
    }
}
