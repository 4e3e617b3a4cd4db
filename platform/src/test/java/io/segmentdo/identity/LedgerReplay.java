package io.segmentdo.identity;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * O1: the facts of a ledger, made again one after the other by a plain union-find that knows nothing of partitions.
 *
 * <p>Every verdict must be the same, and so must the components at the end. When something is taken out, what goes with it
 * is what it had when it was absorbed, as far as that is still there. Throws an {@link AssertionError} that says what differs.
 */
final class LedgerReplay {
    private record Apart(ActorId left, ActorId right) {}

    private final CompiledRules rules;
    private final StoredState state;
    private final Map<ActorId, Set<ActorId>> components = new HashMap<>();
    private final Map<ActorId, ActorId> roots = new HashMap<>();
    private final Map<ActorId, Set<ActorId>> absorbed = new HashMap<>();
    private final List<Apart> apart = new ArrayList<>();

    private LedgerReplay(StoredState state, CompiledRules rules) {
        this.state = state;
        this.rules = rules;
    }

    static void check(StoredState state, CompiledRules rules) {
        LedgerReplay replay = new LedgerReplay(state, rules);
        long last = 0;
        for (Fact fact : state.facts) {
            Invariants.require(fact.number() == last + 1, "O1 fact", fact.number(), "after", last);
            last = fact.number();
            replay.apply(fact);
        }
        replay.compare();
    }

    private void apply(Fact fact) {
        switch (fact.kind()) {
            case JOINED -> join(fact);
            case REFUSED -> refuse(fact);
            case UNMERGED -> takeOut(fact);
            case DELETED -> delete(fact);
        }
    }

    private ActorId root(ActorId id) {
        return roots.getOrDefault(id, id);
    }

    private Set<ActorId> component(ActorId root) {
        return components.computeIfAbsent(root, key -> new TreeSet<>(Set.of(key)));
    }

    private void join(Fact fact) {
        ActorId left = root(fact.left());
        ActorId right = root(fact.right());
        boolean isExplicit = fact.rule().equals("alias");
        Invariants.require(!left.equals(right), "O1 joined again", fact);
        Invariants.require(refusal(left, right, isExplicit) == null, "O1 joined against the rules", fact);
        Invariants.require(isExplicit || !areApart(left, right), "O1 joined what is apart", fact);
        boolean isLeftOlder = state.nodes.get(left).rank < state.nodes.get(right).rank;
        ActorId winner = isLeftOlder ? left : right;
        ActorId loser = isLeftOlder ? right : left;
        if (isExplicit) {
            apart.removeIf(pair -> isBetween(pair, left, right));
        }
        Set<ActorId> moving = component(loser);
        absorbed.put(loser, new TreeSet<>(moving));
        move(moving, winner);
        components.remove(loser);
    }

    private void move(Set<ActorId> moving, ActorId to) {
        component(to).addAll(moving);
        moving.forEach(id -> roots.put(id, to));
    }

    private void refuse(Fact fact) {
        ActorId left = root(fact.left());
        ActorId right = root(fact.right());
        if (!fact.left().equals(fact.right())) {
            Invariants.require(!left.equals(right), "O1 refused within", fact);
            Invariants.require(
                    refusal(left, right, false) != null || areApart(left, right), "O1 refused without reason", fact);
        }
    }

    /** One identifier goes; when it was the root, an heir takes its place, also for those who were apart from it. */
    private void takeAway(Fact fact) {
        ActorId gone = fact.left();
        ActorId heir = fact.right();
        ActorId root = root(gone);
        Set<ActorId> rest = new TreeSet<>(component(root));
        rest.remove(gone);
        Invariants.require(
                root.equals(gone) ? rest.contains(heir) : root.equals(heir), "O1 taken away from", root, fact);
        if (root.equals(gone)) {
            apart.replaceAll(pair ->
                    new Apart(pair.left.equals(gone) ? heir : pair.left, pair.right.equals(gone) ? heir : pair.right));
        }
        components.remove(root);
        components.put(heir, rest);
        rest.forEach(id -> roots.put(id, heir));
        components.put(gone, new TreeSet<>(Set.of(gone)));
        roots.put(gone, gone);
        absorbed.remove(gone);
        absorbed.remove(heir);
        absorbed.values().forEach(theirs -> theirs.remove(gone));
        apart.add(new Apart(gone, heir));
    }

    private void takeOut(Fact fact) {
        if (fact.rule().equals(Cause.DETACH)) {
            takeAway(fact);
            return;
        }
        ActorId part = fact.left();
        ActorId root = root(part);
        Set<ActorId> came = absorbed.remove(part);
        Invariants.require(came != null && root.equals(fact.right()), "O1 taken out of", root, fact);
        Set<ActorId> moving = new TreeSet<>(came);
        moving.retainAll(component(root));
        component(root).removeAll(moving);
        move(moving, part);
        absorbed.forEach((other, theirs) -> {
            if (!moving.contains(other)) {
                theirs.removeAll(moving);
            }
        });
        apart.add(new Apart(part, root));
    }

    private void delete(Fact fact) {
        ActorId root = root(fact.left());
        Set<ActorId> members = new TreeSet<>(component(root));
        members.forEach(id -> {
            roots.remove(id);
            components.remove(id);
            absorbed.remove(id);
        });
        apart.removeIf(pair -> members.contains(pair.left) || members.contains(pair.right));
    }

    private boolean areApart(ActorId left, ActorId right) {
        return apart.stream().anyMatch(pair -> isBetween(pair, left, right));
    }

    private boolean isBetween(Apart pair, ActorId left, ActorId right) {
        ActorId one = root(pair.left);
        ActorId other = root(pair.right);
        return (one.equals(left) && other.equals(right)) || (one.equals(right) && other.equals(left));
    }

    private @org.jspecify.annotations.Nullable Refusal refusal(ActorId left, ActorId right, boolean isExplicit) {
        return rules.refusal(timed(component(left)), timed(component(right)), isExplicit, 0);
    }

    private static Map<ActorId, Long> timed(Set<ActorId> members) {
        Map<ActorId, Long> timed = new HashMap<>();
        members.forEach(id -> timed.put(id, 0L));
        return timed;
    }

    private void compare() {
        state.nodes.forEach((id, node) -> {
            LedgerNode root = node;
            while (root.parent != null) {
                root = state.nodes.get(root.parent);
            }
            Set<ActorId> expected = component(root(id));
            Invariants.require(
                    root.id.equals(root(id)) && new TreeSet<>(root.members.keySet()).equals(expected),
                    "O1 component of",
                    id,
                    root.members.keySet(),
                    expected);
        });
    }
}
