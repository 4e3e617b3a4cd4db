package io.segmentdo.warehouse.query;

import io.segmentdo.warehouse.engine.Analysis;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Files whose rows a query cannot tell apart by their times: it only compares these, and for all rows with the same outcome.
 * So any value between the least and the greatest one can stand in for all, and the columns need not be read.
 *
 * <p>It is still DuckDB that evaluates the condition, over the value that stands in. Immutable.
 *
 * @param times what stands in, in microseconds since 1970, by its column
 */
record Alike(List<TableState.StoredFile> files, Map<String, Long> times) {
    static final Alike NONE = new Alike(List.of(), Map.of());

    Alike {
        files = List.copyOf(files);
        times = Map.copyOf(times);
    }

    /**
     * Those of some files that are alike, if they have most of the rows: reading files in two parts takes DuckDB longer.
     *
     * @param compared the columns that the query only compares, with what it compares them with
     */
    static Alike among(List<TableState.StoredFile> files, Map<String, List<Long>> compared) {
        if (compared.isEmpty()) {
            return NONE;
        }
        Map<Map<String, Integer>, List<TableState.StoredFile>> groups = new LinkedHashMap<>();
        for (TableState.StoredFile file : files) {
            Map<String, Integer> places = places(file, compared);
            if (places.size() == compared.size()) {
                groups.computeIfAbsent(places, ignored -> new ArrayList<>()).add(file);
            }
        }
        return groups.values().stream()
                .filter(group -> 2 * rows(group) > rows(files))
                .findFirst()
                .map(group -> new Alike(group, leastTimes(group.getFirst(), compared.keySet())))
                .orElse(NONE);
    }

    /** Between which of the times of the query all those of a file lie; without the columns where it is not sure. */
    private static Map<String, Integer> places(TableState.StoredFile file, Map<String, List<Long>> compared) {
        Map<String, Integer> places = new HashMap<>();
        compared.forEach((column, times) -> {
            TableState.Range range = file.times().get(column);
            if (range != null && times.stream().noneMatch(time -> isNear(time, range))) {
                places.put(column, (int)
                        times.stream().filter(time -> time < range.least()).count());
            }
        });
        return places;
    }

    private static boolean isNear(long time, TableState.Range range) {
        return time >= range.least() - Analysis.MARGIN_MICROS && time <= range.greatest() + Analysis.MARGIN_MICROS;
    }

    private static long rows(List<TableState.StoredFile> files) {
        return files.stream().mapToLong(TableState.StoredFile::rows).sum();
    }

    private static Map<String, Long> leastTimes(TableState.StoredFile file, Set<String> columns) {
        Map<String, Long> times = new HashMap<>();
        file.times().forEach((column, range) -> times.put(column, range.least()));
        times.keySet().retainAll(columns);
        return times;
    }

    /** The others of some files. */
    List<TableState.StoredFile> others(List<TableState.StoredFile> all) {
        Set<TableState.StoredFile> own = new HashSet<>(files);
        return all.stream().filter(file -> !own.contains(file)).toList();
    }
}
