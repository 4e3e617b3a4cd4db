package io.segmentdo.fidelity;

import io.segmentdo.api.Descriptor;
import io.segmentdo.api.SegmentCounterpart;
import io.segmentdo.destination.Catalogue;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The vectors of one of Segment's destinations against the installed one that stands in for it. Pure. */
final class DestinationVectors {
    private DestinationVectors() {}

    /** Those that came out otherwise; all of them where there is no such destination. */
    static List<Score.Miss> misses(Catalogue catalogue, String slug, List<?> vectors) {
        Optional<Descriptor> descriptor = catalogue.descriptors().stream()
                .filter(known -> findCounterpart(known, slug).isPresent())
                .findFirst()
                .or(() -> catalogue.descriptors().stream()
                        .filter(known -> known.id().equals(slug))
                        .findFirst());
        Optional<Catalogue.Lease> lease = descriptor.flatMap(known -> catalogue.lease(known.id()));
        List<Score.Miss> misses = new ArrayList<>();
        try (Catalogue.Lease lent = lease.orElse(null);
                RecordedTests tests = new RecordedTests()) {
            for (Object raw : vectors) {
                Vector vector = Vector.of(raw instanceof Map<?, ?> map ? map : Map.of());
                Optional<String> difference = lent == null
                        ? Optional.of("no installed destination stands in for " + slug)
                        : new VectorReplay(
                                        lent.destination(),
                                        findCounterpart(lent.descriptor(), slug).orElse(SegmentCounterpart.of(slug)),
                                        vector,
                                        tests)
                                .findDifference();
                difference.ifPresent(text -> misses.add(new Score.Miss(vector.id(), text)));
            }
        }
        return misses;
    }

    private static Optional<SegmentCounterpart> findCounterpart(Descriptor descriptor, String slug) {
        return descriptor.counterparts().stream()
                .filter(counterpart -> counterpart.slug().equals(slug))
                .findFirst();
    }
}
