package io.segmentdo.cluster;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Which member holds which partition, as the members have said themselves: of several that say so the one with the highest
 * epoch, which the store has given it last.
 *
 * <p>It knows better than the common table while partitions move, because a partition goes to where it should be only when
 * its former owner is done with it. Safe for concurrent use.
 */
final class Holdings {
    /**
     * All that one member holds.
     *
     * @param number counts what it has said, so that what comes late is not taken for news
     */
    record Held(String member, long number, Map<Integer, Long> epochs) {
        Held {
            epochs = Map.copyOf(epochs);
        }
    }

    private final Map<String, Held> byMember = new ConcurrentHashMap<>();

    /** Takes in what a member says; whether it changes anything. */
    boolean hear(Held said) {
        Held before = byMember.get(said.member);
        Held now = byMember.merge(said.member, said, (old, next) -> next.number > old.number ? next : old);
        return before == null ? !said.epochs.isEmpty() : !before.epochs.equals(now.epochs);
    }

    /** Forgets members that are gone. */
    void retain(Set<String> members) {
        byMember.keySet().retainAll(members);
    }

    /** The name of the member that holds a partition, null when nobody has said so. */
    @Nullable
    String find(int partition) {
        String holder = null;
        long highest = 0;
        for (Held held : byMember.values()) {
            Long epoch = held.epochs.get(partition);
            if (epoch != null && epoch > highest) {
                highest = epoch;
                holder = held.member;
            }
        }
        return holder;
    }
}
