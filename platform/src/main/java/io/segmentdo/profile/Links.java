package io.segmentdo.profile;

import io.segmentdo.identity.ActorId;
import io.segmentdo.identity.Fact;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The facts that make identifiers one person, each an edge between two that were seen together or named. Immutable. */
final class Links {
    private final List<Fact> facts;

    Links(Collection<Fact> facts) {
        this.facts =
                facts.stream().sorted(Comparator.comparingLong(Fact::number)).toList();
    }

    /** Those by which an identifier is one person with others, in the order in which they were decided. */
    List<Fact> from(ActorId id) {
        Set<ActorId> reached = ways(id).keySet();
        return facts.stream().filter(fact -> reached.contains(fact.left())).toList();
    }

    /** The chain from one identifier to another; empty when there is none, because a link has been taken out since. */
    List<Fact> between(ActorId from, ActorId to) {
        Map<ActorId, Optional<Fact>> ways = ways(from);
        List<Fact> chain = new ArrayList<>();
        ActorId at = to;
        for (Fact fact = wayTo(at, ways); fact != null; fact = wayTo(at, ways)) {
            chain.addFirst(fact);
            at = other(fact, at);
        }
        return chain;
    }

    private static @Nullable Fact wayTo(ActorId id, Map<ActorId, Optional<Fact>> ways) {
        return ways.getOrDefault(id, Optional.empty()).orElse(null);
    }

    /** Whoever is reached from an identifier, each with the last fact on the shortest way there; itself with none. */
    private Map<ActorId, Optional<Fact>> ways(ActorId from) {
        Map<ActorId, Optional<Fact>> ways = new HashMap<>(Map.of(from, Optional.empty()));
        Deque<ActorId> next = new ArrayDeque<>(List.of(from));
        while (!next.isEmpty()) {
            ActorId current = next.remove();
            for (Fact fact : facts) {
                if (fact.left().equals(current) || fact.right().equals(current)) {
                    ActorId other = other(fact, current);
                    if (ways.putIfAbsent(other, Optional.of(fact)) == null) {
                        next.add(other);
                    }
                }
            }
        }
        return ways;
    }

    private static ActorId other(Fact fact, ActorId one) {
        return fact.left().equals(one) ? fact.right() : fact.left();
    }
}
