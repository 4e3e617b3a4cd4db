package io.segmentdo.connector;

import io.segmentdo.api.Delivery;
import java.util.ArrayList;
import java.util.List;

/** Compares what became of events in several requests; a single outcome stands for all of them. Pure. */
final class Outcomes {
    private Outcomes() {}

    private static boolean isFine(Delivery outcome) {
        return outcome instanceof Delivery.Delivered || outcome instanceof Delivery.Skipped;
    }

    static boolean anyIsFine(List<Delivery> outcomes) {
        return outcomes.stream().anyMatch(Outcomes::isFine);
    }

    static boolean allAreFine(List<Delivery> outcomes) {
        return outcomes.stream().allMatch(Outcomes::isFine);
    }

    /** The outcome at a place; a single one stands for all. */
    static Delivery at(List<Delivery> outcomes, int place) {
        return outcomes.get(outcomes.size() == 1 ? 0 : place);
    }

    /** Per event, the one of two outcomes that is no delivery. */
    static List<Delivery> worse(List<Delivery> earlier, List<Delivery> later, int events) {
        if (earlier.size() == 1 && isFine(earlier.getFirst())) {
            return later;
        }
        var worst = new ArrayList<Delivery>();
        for (int i = 0; i < events; i++) {
            Delivery one = at(earlier, i);
            worst.add(isFine(one) ? at(later, i) : one);
        }
        return worst;
    }

    /** Per event, the one of two outcomes after which more is left to do. */
    static List<Delivery> graver(List<Delivery> earlier, List<Delivery> later, int events) {
        var gravest = new ArrayList<Delivery>();
        for (int i = 0; i < events; i++) {
            Delivery one = at(earlier, i);
            Delivery other = at(later, i);
            gravest.add(gravity(one) >= gravity(other) ? one : other);
        }
        return gravest;
    }

    private static int gravity(Delivery outcome) {
        return switch (outcome) {
            case Delivery.Delivered done -> 0;
            case Delivery.Skipped none -> 0;
            case Delivery.Rejected never -> 1;
            case Delivery.Retry again -> 2;
            case Delivery.RetryAfter later -> 3;
            case Delivery.Unauthorized credentials -> 4;
        };
    }
}
