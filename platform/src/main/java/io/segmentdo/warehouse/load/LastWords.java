package io.segmentdo.warehouse.load;

import io.segmentdo.warehouse.rows.Decision;
import io.segmentdo.warehouse.rows.RowFiles;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Set;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.Table;

/**
 * What became of some profiles, by the last decision about each: partitions tell of decisions in any order, and of events
 * that are older than these. Who was deleted stays so, since whoever is seen again is a new profile.
 *
 * <p>The newest decisions are remembered; those of before a restart and of other members are found in the table of merges.
 * Confined to the warehouse's thread.
 */
final class LastWords {
    /** As many as may be told between two writings of the table, at least. */
    private static final int PROFILES_MAX = Profiles.CHANGES_MAX;

    /**
     * The last decision about a profile.
     *
     * @param fact its number
     * @param into what it is part of since then: another profile, itself, or none at all
     */
    private record Word(long fact, Optional<String> into) {}

    private final Map<String, Word> words = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Word> eldest) {
            return size() > PROFILES_MAX;
        }
    };

    /** The files of the table of merges that were read. */
    private Set<String> known = Set.of();

    /** Takes what the table of merges says and was not read yet: other members write it, too. */
    void read(Table table) {
        table.refresh();
        PriorityQueue<Decision> newest = new PriorityQueue<>(Comparator.comparingLong(Decision::fact));
        Set<String> all = new HashSet<>();
        for (DataFile file : RowFiles.all(table)) {
            all.add(file.location());
            if (!known.contains(file.location())) {
                Decision.each(table, file, decision -> {
                    newest.add(decision);
                    if (newest.size() > PROFILES_MAX) {
                        newest.poll();
                    }
                });
            }
        }
        for (Decision next = newest.poll(); next != null; next = newest.poll()) {
            replay(next);
        }
        known = all;
    }

    private void replay(Decision decision) {
        switch (decision.kind()) {
            case "merged" -> merged(decision.otherId(), decision.profileId(), decision.fact());
            case "unmerged" -> unmerged(decision.profileId(), decision.fact());
            case "deleted" -> deleted(decision.profileId());
            default -> {}
        }
    }

    /** A profile became part of another one, which was one by itself at that time. */
    void merged(String id, String into, long fact) {
        if (words.containsKey(into)) {
            say(into, new Word(fact, Optional.of(into)));
        }
        say(id, new Word(fact, Optional.of(into)));
    }

    /** A profile is one by itself again. */
    void unmerged(String id, long fact) {
        say(id, new Word(fact, Optional.of(id)));
    }

    /** A profile is no more, and with it all that are part of it. */
    void deleted(String id) {
        say(id, new Word(Long.MAX_VALUE, Optional.empty()));
    }

    private void say(String id, Word word) {
        Word last = words.get(id);
        if (last == null || last.fact() <= word.fact()) {
            words.remove(id); // to the end of those that are remembered
            words.put(id, word);
        }
    }

    /** The profiles that are part of others now, or of none. */
    Map<String, Optional<String>> moved() {
        Map<String, Optional<String>> moved = new HashMap<>();
        words.forEach((id, word) -> {
            if (!word.into().equals(Optional.of(id))) {
                moved.put(id, word.into());
            }
        });
        return moved;
    }
}
