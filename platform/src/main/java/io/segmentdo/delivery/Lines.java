package io.segmentdo.delivery;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The order of deliveries within each profile: one is under way or waits for its next attempt, the others stand in line
 * behind it, first those in memory and then those in the store.
 *
 * <p>While the head of a line is tried again the whole line is in the store, so that it holds up no other profile.
 * Confined to its lane.
 */
final class Lines {
    /** What to do with a delivery that has just been read. */
    enum Admission {
        /** Nothing is before it. */
        GO,
        /** It stands in line, in memory. */
        WAITS,
        /** It stands in line and has to be stored, see {@link #store}. */
        STORE
    }

    /** Who is next. */
    sealed interface Next {
        record Fresh(Item item) implements Next {}

        record Stored(Retry retry) implements Next {}
    }

    private static final class Line {
        private final Deque<Item> fresh = new ArrayDeque<>();
        private final Deque<Retry> stored = new ArrayDeque<>();
        private boolean headFailed;
    }

    /** More of one profile are not kept in memory. */
    private static final int FRESH_MAX = 16;

    private final Map<String, Line> lines = new HashMap<>();

    Admission admit(Item item) {
        Line line = lines.get(item.profileId());
        if (line == null) {
            lines.put(item.profileId(), new Line());
            return Admission.GO;
        }
        if (line.headFailed || !line.stored.isEmpty() || line.fresh.size() >= FRESH_MAX) {
            return Admission.STORE;
        }
        line.fresh.add(item);
        return Admission.WAITS;
    }

    /** Puts a stored delivery at the end of its line; true when it is the head of a new one. */
    boolean store(Retry retry) {
        Line line = lines.get(retry.profileId());
        if (line == null) {
            Line opened = new Line();
            opened.headFailed = true;
            lines.put(retry.profileId(), opened);
            return true;
        }
        line.stored.add(retry);
        return false;
    }

    /** The head failed and will be tried again: returns those behind it that are in memory and have to be stored. */
    List<Item> headFailed(String profileId) {
        Line line = lines.get(profileId);
        if (line == null) {
            return List.of();
        }
        line.headFailed = true;
        List<Item> behind = new ArrayList<>(line.fresh);
        line.fresh.clear();
        return behind;
    }

    /** Puts those of {@link #headFailed} back in line, in front of the ones that were stored before. */
    void storedBehindHead(String profileId, List<Retry> retries) {
        Line line = lines.get(profileId);
        if (line != null) {
            retries.reversed().forEach(line.stored::addFirst);
        }
    }

    /** The head is settled: returns who is next, or null, and then the line is gone. */
    @Nullable
    Next headSettled(String profileId) {
        Line line = lines.get(profileId);
        if (line == null) {
            return null;
        }
        Item fresh = line.fresh.poll();
        if (fresh != null) {
            return new Next.Fresh(fresh);
        }
        Retry stored = line.stored.poll();
        if (stored != null) {
            return new Next.Stored(stored);
        }
        lines.remove(profileId);
        return null;
    }

    /** The next of those behind the head that are in the store, at most so many as would be kept in memory. */
    List<Retry> storedNext(String profileId) {
        Line line = lines.get(profileId);
        return line == null ? List.of() : line.stored.stream().limit(FRESH_MAX).toList();
    }

    /** Takes those of a partition out of all lines, but for the heads. */
    List<Next> withdraw(int partition) {
        List<Next> withdrawn = new ArrayList<>();
        for (Line line : lines.values()) {
            line.fresh.removeIf(
                    item -> item.identified().partition() == partition && withdrawn.add(new Next.Fresh(item)));
            line.stored.removeIf(
                    retry -> retry.key().partition() == partition && withdrawn.add(new Next.Stored(retry)));
        }
        return withdrawn;
    }

    /** Ends all lines; returns those who stood behind the heads. */
    List<Next> dissolve() {
        List<Next> all = new ArrayList<>();
        for (Line line : lines.values()) {
            line.fresh.forEach(item -> all.add(new Next.Fresh(item)));
            line.stored.forEach(retry -> all.add(new Next.Stored(retry)));
        }
        lines.clear();
        return all;
    }
}
