package io.segmentdo.telemetry;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import java.util.Collection;
import java.util.Locale;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** The table of the platform's own meters for the operations page, made from those that are registered. */
public final class MetricsReference {
    private MetricsReference() {}

    /** One row per name; run it on a registry in which everything has happened once. */
    public static String markdown(MeterRegistry registry) {
        TreeMap<String, Meter.Id> byName = new TreeMap<>();
        TreeMap<String, TreeSet<String>> tags = new TreeMap<>();
        for (Meter meter : registry.getMeters()) {
            Meter.Id id = meter.getId();
            if (id.getName().startsWith("segmentdo.")) {
                byName.putIfAbsent(id.getName(), id);
                tags.computeIfAbsent(id.getName(), name -> new TreeSet<>())
                        .addAll(id.getTags().stream().map(Tag::getKey).toList());
            }
        }
        String rows = byName.values().stream()
                .map(id -> row(id, tags.getOrDefault(id.getName(), new TreeSet<>())))
                .collect(Collectors.joining());
        return "| Meter | Kind | Unit | Tags | What it says |\n| --- | --- | --- | --- | --- |\n" + rows;
    }

    private static String row(Meter.Id id, Collection<String> tags) {
        String unit = id.getBaseUnit() == null ? "" : id.getBaseUnit();
        String description = id.getDescription() == null ? "" : id.getDescription();
        return "| `%s` | %s | %s | %s | %s |\n"
                .formatted(
                        id.getName(),
                        id.getType().name().toLowerCase(Locale.ROOT),
                        unit,
                        String.join(", ", tags),
                        description);
    }
}
