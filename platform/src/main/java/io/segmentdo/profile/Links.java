package io.segmentdo.profile;

import io.segmentdo.identity.ActorId;
import io.segmentdo.identity.Fact;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The facts that make identifiers one person, each an edge between two that were seen together or named. Immutable. */
final class Links {
    private final List<Fact> facts;

    Links(Collection<Fact> facts) {
        this.facts =
                facts.stream().sorted(Comparator.comparingLong(Fact::number)).toList();
    }

    /** All of them, in the order in which they were decided. */
    List<Fact> all() {
        return facts;
    }

    /** The chain from one identifier to another; empty when there is none, because a link has been taken out since. */
    List<Fact> between(ActorId from, ActorId to) {
        Map<ActorId, Fact> cameBy = new HashMap<>();
        Set<ActorId> seen = new HashSet<>(Set.of(from));
        Deque<ActorId> next = new ArrayDeque<>(List.of(from));
        while (!next.isEmpty() && !seen.contains(to)) {
            ActorId current = next.remove();
            for (Fact fact : facts) {
                if (fact.left().equals(current) || fact.right().equals(current)) {
                    ActorId other = other(fact, current);
                    if (seen.add(other)) {
                        cameBy.put(other, fact);
                        next.add(other);
                    }
                }
            }
        }
        List<Fact> chain = new ArrayList<>();
        ActorId at = to;
        for (Fact fact = cameBy.get(at); fact != null; fact = cameBy.get(at)) {
            chain.addFirst(fact);
            at = other(fact, at);
        }
        return chain;
    }

    private static ActorId other(Fact fact, ActorId one) {
        return fact.left().equals(one) ? fact.right() : fact.left();
    }
}
