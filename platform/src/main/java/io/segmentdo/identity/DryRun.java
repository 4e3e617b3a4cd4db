package io.segmentdo.identity;

import io.segmentdo.identity.Message.Delete;
import io.segmentdo.identity.Message.Unmerge;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What changed rules would have made of the facts of a ledger.
 *
 * <p>The facts are taken in their order, once as they were decided and once as the changed rules decide; what differs at the
 * end is the answer. Facts only know what former rules let count as an identifier. Confined to one thread; nothing real is
 * changed.
 */
public final class DryRun {
    /**
     * Persons who would be others.
     *
     * @param now the identifiers of each as it is
     * @param then the same identifiers as they would be
     */
    public record Change(List<Set<ActorId>> now, List<Set<ActorId>> then) {}

    /**
     * How the persons differ.
     *
     * @param facts how many facts there were
     * @param personsNow how many persons there are among all who were ever linked, or refused to be
     * @param personsThen how many there would be
     * @param gained how many merges there would be that are not
     * @param lost how many there would not be that are
     * @param affected how many of today's persons would not be as they are
     * @param examples some of them
     */
    public record Difference(
            long facts, int personsNow, int personsThen, int gained, int lost, int affected, List<Change> examples) {}

    private final ReplayedLedger recorded;
    private final ReplayedLedger changed;
    private final CompiledRules rules;
    private final String workspace;
    private final Set<ActorId> mentioned = new HashSet<>();

    // facts of one event, which were decided together
    private final Set<ActorId> together = new LinkedHashSet<>();
    private Cause cause = Cause.request("", "", 0);
    private long count;

    public DryRun(String workspace, IdentityRules rules) {
        this.workspace = workspace;
        this.rules = new CompiledRules(rules);
        this.recorded = new ReplayedLedger(workspace, new CompiledRules(IdentityRules.WIDEST));
        this.changed = new ReplayedLedger(workspace, this.rules);
    }

    /** Takes the next facts, in their order. */
    public void take(List<Fact> facts) {
        for (Fact fact : facts) {
            count++;
            boolean isLink = !fact.left().equals(fact.right());
            switch (fact.kind()) {
                case JOINED -> link(fact);
                case REFUSED -> {
                    if (isLink) {
                        link(fact);
                    }
                }
                case UNMERGED -> {
                    decide();
                    boolean isAlone = fact.rule().equals(Cause.DETACH);
                    undo(new Unmerge(ActorId.ledger(workspace), fact.left(), isAlone, fact.cause()));
                }
                case DELETED -> {
                    decide();
                    undo(new Delete(ActorId.ledger(workspace), fact.left(), fact.cause()));
                }
            }
        }
    }

    private void undo(Message.ToLedger request) {
        recorded.on(request);
        changed.on(request);
    }

    private void link(Fact fact) {
        boolean isSameEvent = fact.cause().equals(cause) && together.contains(fact.left());
        if (!isSameEvent) {
            decide();
            cause = fact.cause();
        }
        together.add(fact.left());
        together.add(fact.right());
        mentioned.add(fact.left());
        mentioned.add(fact.right());
        if (fact.kind() == Fact.Kind.JOINED) {
            boolean isLeftAbsorbed = fact.left().equals(fact.absorbed());
            for (ReplayedLedger ledger : List.of(recorded, changed)) {
                ledger.know(isLeftAbsorbed ? fact.right() : fact.left(), cause.atMillis());
                ledger.know(isLeftAbsorbed ? fact.left() : fact.right(), cause.atMillis());
            }
            recorded.propose(List.of(fact.left(), fact.right()), true, cause);
        }
    }

    private void decide() {
        List<ActorId> allowed = together.stream()
                .filter(id -> rules.allows(id.type(), id.value()))
                .toList();
        if (allowed.size() > 1) {
            changed.propose(allowed, cause.rule().equals(Cause.ALIAS), cause);
        }
        together.clear();
    }

    /**
     * What has come of all facts that were taken.
     *
     * @param examplesMax how many examples are given at most
     */
    public Difference difference(int examplesMax) {
        decide();
        Set<Set<ActorId>> now = personsNow();
        Set<Set<ActorId>> then = changed.persons(mentioned);
        Set<Set<ActorId>> gone = new LinkedHashSet<>(now);
        gone.removeAll(then);
        Map<ActorId, Set<ActorId>> personNow = byMember(gone);
        Set<Set<ActorId>> come = new LinkedHashSet<>(then);
        come.removeAll(now);
        Map<ActorId, Set<ActorId>> personThen = byMember(come);
        return new Difference(
                count,
                now.size(),
                then.size(),
                joints(come, personNow),
                joints(gone, personThen),
                gone.size(),
                examples(gone, personNow, personThen, examplesMax));
    }

    /** Today's persons as the facts tell them. */
    Set<Set<ActorId>> personsNow() {
        return recorded.persons(mentioned);
    }

    private static Map<ActorId, Set<ActorId>> byMember(Set<Set<ActorId>> persons) {
        Map<ActorId, Set<ActorId>> byMember = new HashMap<>();
        persons.forEach(person -> person.forEach(member -> byMember.put(member, person)));
        return byMember;
    }

    /** How many merges it takes to make these persons out of others. */
    private static int joints(Set<Set<ActorId>> persons, Map<ActorId, Set<ActorId>> others) {
        int joints = 0;
        for (Set<ActorId> person : persons) {
            joints += parts(person, others).size() - 1;
        }
        return joints;
    }

    private static Set<Set<ActorId>> parts(Set<ActorId> person, Map<ActorId, Set<ActorId>> others) {
        Set<Set<ActorId>> parts = new LinkedHashSet<>();
        person.forEach(member -> parts.add(others.getOrDefault(member, Set.of(member))));
        return parts;
    }

    private static List<Change> examples(
            Set<Set<ActorId>> gone,
            Map<ActorId, Set<ActorId>> personNow,
            Map<ActorId, Set<ActorId>> personThen,
            int max) {
        List<Change> examples = new ArrayList<>();
        Set<Set<ActorId>> shown = new HashSet<>();
        for (Set<ActorId> person : gone) {
            if (examples.size() < max && !shown.contains(person)) {
                examples.add(concerned(person, personNow, personThen));
                shown.addAll(examples.getLast().now());
            }
        }
        return examples;
    }

    /** A person with all whose identifiers it would share, before and after. */
    private static Change concerned(
            Set<ActorId> person, Map<ActorId, Set<ActorId>> personNow, Map<ActorId, Set<ActorId>> personThen) {
        Set<Set<ActorId>> now = new LinkedHashSet<>();
        Set<Set<ActorId>> then = new LinkedHashSet<>();
        Deque<Set<ActorId>> next = new ArrayDeque<>(List.of(person));
        while (!next.isEmpty()) {
            Set<ActorId> current = next.remove();
            if (now.add(current)) {
                for (Set<ActorId> part : parts(current, personThen)) {
                    then.add(part);
                    next.addAll(parts(part, personNow));
                }
            }
        }
        return new Change(List.copyOf(now), List.copyOf(then));
    }
}
