package io.segmentdo.fidelity;

import io.segmentdo.api.Delivery;
import io.segmentdo.api.HttpRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Compares what a replay sent, and what became of the events, with what was recorded. Pure. */
final class RecordedComparison {
    private final Vector vector;

    RecordedComparison(Vector vector) {
        this.vector = vector;
    }

    /** The first thing that differs. */
    Optional<String> findDifference(List<HttpRequest> sent, List<Delivery> outcomes) {
        List<Vector.Expected> expected = vector.expected();
        if (expected.size() != sent.size()) {
            return Optional.of("expected " + expected.size() + " requests"
                    + expected.stream().map(e -> e.method() + " " + e.url()).toList() + ", were " + sent.size()
                    + sent.stream().map(r -> r.method() + " " + r.uri()).toList());
        }
        return (vector.concurrent() ? unordered(sent) : ordered(sent)).or(() -> findOutcome(outcomes));
    }

    private Optional<String> ordered(List<HttpRequest> sent) {
        for (int i = 0; i < sent.size(); i++) {
            Optional<String> difference = Differences.find(vector, i, sent.get(i));
            if (difference.isPresent()) {
                return difference;
            }
        }
        return Optional.empty();
    }

    private Optional<String> unordered(List<HttpRequest> sent) {
        List<HttpRequest> rest = new ArrayList<>(sent);
        for (int i = 0; i < vector.expected().size(); i++) {
            int index = i;
            Optional<HttpRequest> match = rest.stream()
                    .filter(request -> Differences.find(vector, index, request).isEmpty())
                    .findFirst();
            if (match.isEmpty()) {
                HttpRequest nearest = rest.stream()
                        .filter(request ->
                                Differences.sameAddress(vector.expected().get(index), request))
                        .findFirst()
                        .orElse(rest.getFirst());
                return Differences.find(vector, index, nearest);
            }
            rest.remove(match.get());
        }
        return Optional.empty();
    }

    private Optional<String> findOutcome(List<Delivery> outcomes) {
        if (vector.fails()) {
            return outcomes.stream().noneMatch(Delivery.Delivered.class::isInstance)
                    ? Optional.empty()
                    : Optional.of("expected a failure");
        }
        if (vector.delivered().size() == outcomes.size() && !outcomes.isEmpty()) {
            for (int i = 0; i < outcomes.size(); i++) {
                boolean delivered = isFine(outcomes.get(i));
                if (delivered != vector.delivered().get(i)) {
                    return Optional.of("expected event " + i + " to be "
                            + (vector.delivered().get(i) ? "delivered" : "refused") + ", was " + outcomes.get(i));
                }
            }
            return Optional.empty();
        }
        boolean settled = vector.delivered().contains(false)
                || outcomes.stream().allMatch(RecordedComparison::isFine)
                || (vector.expected().isEmpty() && vector.delivered().isEmpty());
        return settled ? Optional.empty() : Optional.of("expected a success");
    }

    private static boolean isFine(Delivery outcome) {
        return outcome instanceof Delivery.Delivered || outcome instanceof Delivery.Skipped;
    }
}
