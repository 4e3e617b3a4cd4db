package io.segmentdo.identity;

import io.segmentdo.identity.Decision.Verdict;
import io.segmentdo.identity.LedgerNode.Apart;
import io.segmentdo.identity.Message.Abdicate;
import io.segmentdo.identity.Message.Answer;
import io.segmentdo.identity.Message.Canonical;
import io.segmentdo.identity.Message.Delete;
import io.segmentdo.identity.Message.Forward;
import io.segmentdo.identity.Message.Hold;
import io.segmentdo.identity.Message.Move;
import io.segmentdo.identity.Message.Parting;
import io.segmentdo.identity.Message.Propose;
import io.segmentdo.identity.Message.Reset;
import io.segmentdo.identity.Message.Settled;
import io.segmentdo.identity.Message.ToLedger;
import io.segmentdo.identity.Message.Unmerge;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Decides who is who in a workspace, one proposal after another: a union-find whose roots know their members.
 *
 * <p>Roots join roots only, and the older one stays, so there is no cycle whatever is in flight. It tells the loser's
 * actor to forward, and a part that is taken out to hold; both reach the actor in the order of the facts.
 *
 * <p>Undoing takes a while: the actors have to drain what is on its way between them. Until all have said that they are
 * settled, every request about the components concerned waits, in order.
 *
 * <p>It is one class because all its decisions read and write the same nodes. Pure over {@link LedgerState}.
 */
final class Ledger {
    private final LedgerState state;

    Ledger(LedgerState state) {
        this.state = state;
    }

    void on(Message.ToLedger request) {
        if (isBeingUndone(request)) {
            state.await(request);
            state.decided(Verdict.WAITS);
            return;
        }
        switch (request) {
            case Propose proposal -> decide(proposal);
            case Unmerge unmerge -> unmerge(unmerge);
            case Delete delete -> delete(delete);
            case Settled settled -> settled(settled);
        }
    }

    // ---- links

    /**
     * Joins what was seen together, beginning with the identifier of the highest priority; one that the rules refuse to
     * join with those before it is left out, and the next one is tried.
     */
    private void decide(Propose proposal) {
        CompiledRules rules = state.rules(proposal.witness().workspace());
        List<ActorId> seen = seenTogether(proposal, rules);
        ActorId first = seen.getFirst();
        LedgerNode current = rootOrNew(first);
        Map<ActorId, Refusal> demoted = new HashMap<>();
        boolean isChanged = false;
        for (ActorId id : seen.subList(1, seen.size())) {
            LedgerNode other = rootOrNew(id);
            if (other.id.equals(current.id)) {
                continue;
            }
            Refusal refusal = refusal(current, other, proposal, rules);
            if (refusal == null) {
                current = join(current, other, first, id, proposal);
                isChanged = true;
            } else {
                demoted.put(id, refusal);
                append(Fact.Kind.REFUSED, first, id, refusal.reason(), null, proposal.cause());
            }
        }
        if (proposal.isExplicit()) {
            tellCanonical(proposal, current, isChanged);
            Verdict unchanged = demoted.isEmpty() ? Verdict.NOTHING_TO_DO : Verdict.REFUSED;
            state.decided(isChanged ? Verdict.DECIDED : unchanged);
        } else {
            answer(proposal, demoted);
        }
    }

    private static List<ActorId> seenTogether(Propose proposal, CompiledRules rules) {
        List<ActorId> seen = new ArrayList<>(proposal.ids().size() + 1);
        seen.add(proposal.witness());
        seen.addAll(proposal.ids());
        if (!proposal.isExplicit()) {
            seen.sort(rules.byPriority());
        }
        return seen;
    }

    /** The root of an identifier; an unknown one is a root of its own, and is kept only if it is joined. */
    private LedgerNode rootOrNew(ActorId id) {
        LedgerNode node = state.findNode(id);
        if (node == null) {
            return new LedgerNode(id, Long.MAX_VALUE);
        }
        return root(node);
    }

    private LedgerNode root(LedgerNode start) {
        LedgerNode node = start;
        while (node.parent != null) {
            node = known(node.parent);
        }
        return node;
    }

    private LedgerNode known(ActorId id) {
        LedgerNode node = state.findNode(id);
        if (node == null) {
            throw new IllegalStateException("the ledger points to " + id.type() + " that it does not know");
        }
        return node;
    }

    private @Nullable Refusal refusal(LedgerNode left, LedgerNode right, Propose proposal, CompiledRules rules) {
        if (!proposal.isExplicit() && areApart(left, right)) {
            return Refusal.forGood("apart");
        }
        long now = proposal.cause().atMillis();
        return rules.refusal(membersOf(left, now), membersOf(right, now), proposal.isExplicit(), now);
    }

    private static Map<ActorId, Long> membersOf(LedgerNode node, long nowMillis) {
        return node.members.isEmpty() ? Map.of(node.id, nowMillis) : node.members;
    }

    private boolean areApart(LedgerNode left, LedgerNode right) {
        boolean isLeftShorter = left.apart.size() <= right.apart.size();
        LedgerNode shorter = isLeftShorter ? left : right;
        LedgerNode longer = isLeftShorter ? right : left;
        for (Apart pair : shorter.apart) {
            if (membersOf(longer, 0).containsKey(pair.other())) {
                return true;
            }
        }
        return false;
    }

    private LedgerNode join(LedgerNode current, LedgerNode other, ActorId first, ActorId id, Propose proposal) {
        long now = proposal.cause().atMillis();
        boolean isWitnessOther = id.equals(proposal.witness());
        LedgerNode older = kept(isWitnessOther ? other : current, now);
        LedgerNode younger = kept(isWitnessOther ? current : other, now);
        LedgerNode left = isWitnessOther ? younger : older;
        LedgerNode right = isWitnessOther ? older : younger;
        boolean isLeftOlder = left.rank <= right.rank;
        LedgerNode winner = isLeftOlder ? left : right;
        LedgerNode loser = isLeftOlder ? right : left;
        if (proposal.isExplicit()) {
            left.apart.removeIf(pair -> right.members.containsKey(pair.other()));
            right.apart.removeIf(pair -> left.members.containsKey(pair.other()));
        }
        winner.members.putAll(loser.members);
        winner.apart.addAll(loser.apart);
        winner.undoing.addAll(loser.undoing);
        loser.undoing.clear();
        loser.members = new LinkedHashMap<>();
        loser.apart = new ArrayList<>();
        loser.parent = winner.id;
        state.changed(winner);
        state.changed(loser);
        Cause cause = proposal.cause();
        long fact = append(Fact.Kind.JOINED, first, id, cause.rule(), loser.id, cause);
        state.send(new Forward(loser.id, winner.id, fact, cause));
        return winner;
    }

    /** A node that will be stored: one that was unknown gets its rank now, the one that asked before the other. */
    private LedgerNode kept(LedgerNode node, long nowMillis) {
        if (node.rank != Long.MAX_VALUE) {
            return node;
        }
        LedgerNode kept =
                new LedgerNode(node.id, state.head(node.id.workspace()).nextRank());
        kept.members.put(node.id, nowMillis);
        return kept;
    }

    /** Only an alias that joined something says which user id is to be shown; rings and repeats say nothing new. */
    private void tellCanonical(Propose proposal, LedgerNode root, boolean isChanged) {
        if (isChanged) {
            long fact = state.head(root.id.workspace()).facts();
            state.send(new Canonical(root.id, proposal.witness(), fact));
        }
    }

    /**
     * Tells the asker what it need not ask again; what was joined comes to it by itself. What was refused to a witness that
     * is being taken out of the asker is none of the asker's business.
     */
    private void answer(Propose proposal, Map<ActorId, Refusal> demoted) {
        ActorId witness = proposal.witness();
        ActorId root = rootOrNew(witness).id;
        if (!rootOrNew(proposal.asker()).id.equals(root)) {
            return;
        }
        Map<ActorId, Refusal> refused = new LinkedHashMap<>();
        for (ActorId id : proposal.ids()) {
            if (!rootOrNew(id).id.equals(root)) {
                refused.put(id, refusalFor(id, witness, demoted));
            }
        }
        if (!refused.isEmpty()) {
            state.send(new Answer(proposal.asker(), refused));
        }
    }

    private static Refusal refusalFor(ActorId id, ActorId witness, Map<ActorId, Refusal> demoted) {
        Refusal own = demoted.get(id);
        Refusal ofWitness = demoted.get(witness);
        if (own != null && ofWitness != null) {
            return Refusal.forOneEvent(own.reason()); // both were refused to a third, not to each other
        }
        return Objects.requireNonNull(own == null ? ofWitness : own, "what is not joined has been refused");
    }

    // ---- undoing links

    private boolean isBeingUndone(ToLedger request) {
        return switch (request) {
            case Propose proposal ->
                isBeingUndone(proposal.witness()) || proposal.ids().stream().anyMatch(this::isBeingUndone);
            case Unmerge unmerge -> isBeingUndone(unmerge.id());
            case Delete delete -> isBeingUndone(delete.id());
            case Settled settled -> false;
        };
    }

    private boolean isBeingUndone(ActorId id) {
        LedgerNode node = state.findNode(id);
        return node != null && !root(node).undoing.isEmpty();
    }

    private void settled(Settled message) {
        LedgerHead head = state.head(message.id().workspace());
        if (!head.settled(message.fact(), message.id())) {
            return;
        }
        List<Message> next = head.beginNextStage(message.fact());
        if (!next.isEmpty()) {
            next.forEach(state::send);
            return;
        }
        for (ActorId id : head.endUndo(message.fact())) {
            LedgerNode root = root(known(id));
            root.undoing.remove(message.fact());
            state.changed(root);
        }
        state.takeWaiting(head.workspace).forEach(this::on);
    }

    private void begin(long fact, List<ActorId> nodes, List<List<Message>> stages) {
        state.head(nodes.getFirst().workspace()).beginUndo(fact, nodes, stages).forEach(state::send);
        for (ActorId id : nodes) {
            LedgerNode root = root(known(id));
            root.undoing.add(fact);
            state.changed(root);
        }
    }

    private void unmerge(Unmerge request) {
        LedgerNode part = state.findNode(request.id());
        List<LedgerNode> followers = part == null || !request.isAlone() ? List.of() : followers(part);
        if (part == null || (part.parent == null && followers.isEmpty())) {
            append(Fact.Kind.REFUSED, request.id(), request.id(), "not absorbed", null, request.cause());
            state.decided(Verdict.NOTHING_TO_DO);
        } else if (request.isAlone()) {
            takeAway(part, followers, request.cause());
        } else {
            takeOut(part, request.cause());
        }
    }

    /** Those who were absorbed by an identifier and still lead to it, the oldest first. */
    private List<LedgerNode> followers(LedgerNode node) {
        return root(node).members.keySet().stream()
                .map(this::known)
                .filter(member -> node.id.equals(member.parent))
                .sorted(Comparator.comparingLong(member -> member.rank))
                .toList();
    }

    /**
     * Takes a single identifier away. Others that lead to it move first: to where it led itself, or, when it was the root,
     * to the oldest of them, which becomes the root before. When nobody leads to it any more, it goes.
     */
    private void takeAway(LedgerNode gone, List<LedgerNode> followers, Cause cause) {
        LedgerNode root = root(gone);
        boolean isRoot = root.id.equals(gone.id);
        LedgerNode heir = isRoot ? followers.getFirst() : root;
        ActorId target = isRoot ? heir.id : Objects.requireNonNull(gone.parent);
        long fact = append(Fact.Kind.UNMERGED, gone.id, heir.id, cause.rule(), null, cause);
        Map<ActorId, List<ActorId>> subtrees = subtrees(List.copyOf(root.members.keySet()));
        List<Message> moves = new ArrayList<>();
        for (LedgerNode follower : followers) {
            boolean isHeir = follower.id.equals(target);
            follower.parent = isHeir ? null : target;
            state.changed(follower);
            if (!isHeir) {
                List<ActorId> members = Objects.requireNonNull(subtrees.get(follower.id));
                moves.add(new Move(follower.id, members, target, fact, cause));
            }
        }
        gone.parent = null;
        List<List<Message>> stages = new ArrayList<>();
        if (isRoot) {
            List<ActorId> members = Objects.requireNonNull(subtrees.get(heir.id));
            stages.add(List.of(new Hold(heir.id, members, fact, Parting.TAKES_ITS_OWN, cause)));
            heir.members = gone.members;
            gone.members = new LinkedHashMap<>();
            inheritApart(gone, heir);
        }
        move(gone.id, heir, gone);
        keepApart(gone, heir);
        if (!moves.isEmpty()) {
            stages.add(moves);
        }
        Hold last = new Hold(gone.id, List.of(gone.id), fact, Parting.LEAVES_IT_BEHIND, cause);
        stages.add(List.of(isRoot ? new Abdicate(gone.id, heir.id, fact, cause) : last));
        begin(fact, List.of(gone.id, heir.id), stages);
        if (!isRoot) {
            release(heir, gone);
        }
        state.decided(Verdict.DECIDED);
    }

    /** Who was apart from a person stays so, and knows it by its heir. */
    private void inheritApart(LedgerNode gone, LedgerNode heir) {
        for (Apart pair : gone.apart) {
            if (pair.mine().equals(gone.id)) {
                heir.apart.add(new Apart(heir.id, pair.other()));
                LedgerNode other = root(known(pair.other()));
                other.apart.replaceAll(back -> back.other().equals(gone.id) ? new Apart(back.mine(), heir.id) : back);
                state.changed(other);
            } else {
                heir.apart.add(pair);
            }
        }
        gone.apart = new ArrayList<>();
    }

    /** From now on nothing but an alias may join a part again with what it was taken out of. */
    private void keepApart(LedgerNode part, LedgerNode root) {
        List<Apart> moving = root.apart.stream()
                .filter(pair -> part.members.containsKey(pair.mine()))
                .toList();
        root.apart.removeAll(moving);
        part.apart.addAll(moving);
        part.apart.add(new Apart(part.id, root.id));
        root.apart.add(new Apart(root.id, part.id));
        state.changed(root);
        state.changed(part);
    }

    /** Takes an absorbed root out of its component again, with all that came with it. */
    private void takeOut(LedgerNode part, Cause cause) {
        LedgerNode root = root(part);
        part.parent = null;
        for (ActorId member : List.copyOf(root.members.keySet())) {
            if (root(known(member)).id.equals(part.id)) {
                move(member, root, part);
            }
        }
        keepApart(part, root);
        long fact = append(Fact.Kind.UNMERGED, part.id, root.id, cause.rule(), null, cause);
        Hold hold = new Hold(part.id, List.copyOf(part.members.keySet()), fact, Parting.TAKES_ITS_OWN, cause);
        begin(fact, List.of(part.id, root.id), List.of(List.of(hold)));
        release(root, part);
        state.decided(Verdict.DECIDED);
    }

    /** What a root asked for and is taken out again on its way will never come to it. */
    private void release(LedgerNode root, LedgerNode part) {
        Map<ActorId, Refusal> gone = new LinkedHashMap<>();
        part.members.keySet().forEach(member -> gone.put(member, Refusal.forOneEvent("apart")));
        state.send(new Answer(root.id, gone));
    }

    private static void move(ActorId member, LedgerNode from, LedgerNode to) {
        Long since = from.members.remove(member);
        to.members.put(member, since == null ? 0 : since);
    }

    /** Forgets a person: the root starts a new life, and every member is on its own again. */
    private void delete(Delete request) {
        LedgerNode node = state.findNode(request.id());
        LedgerNode root = node == null ? null : root(node);
        ActorId rootId = root == null ? request.id() : root.id;
        List<ActorId> members = root == null ? List.of(rootId) : List.copyOf(root.members.keySet());
        long fact = append(Fact.Kind.DELETED, request.id(), rootId, Cause.DELETE, null, request.cause());
        Reset reset = new Reset(rootId, members, fact, request.cause());
        if (root == null) {
            state.send(reset);
        } else {
            List<Message> all = new ArrayList<>();
            forgetApart(root);
            Map<ActorId, List<ActorId>> subtrees = subtrees(members);
            for (ActorId member : members) {
                LedgerNode single = known(member);
                single.parent = null;
                long since = root.members.getOrDefault(member, request.cause().atMillis());
                if (!member.equals(root.id)) {
                    single.members.put(member, since);
                    state.changed(single);
                    List<ActorId> subtree = subtrees.getOrDefault(member, List.of(member));
                    all.add(new Hold(member, subtree, fact, Parting.IS_FORGOTTEN, request.cause()));
                }
            }
            root.members.keySet().retainAll(List.of(root.id));
            state.changed(root);
            all.add(reset);
            begin(fact, members, List.of(all));
        }
        state.decided(Verdict.DECIDED);
    }

    /** What may have come by each member: itself and all whose way leads over it. */
    private Map<ActorId, List<ActorId>> subtrees(List<ActorId> members) {
        Map<ActorId, List<ActorId>> subtrees = new LinkedHashMap<>();
        for (ActorId member : members) {
            ActorId step = member;
            while (step != null) {
                subtrees.computeIfAbsent(step, key -> new ArrayList<>()).add(member);
                step = known(step).parent;
            }
        }
        return subtrees;
    }

    private void forgetApart(LedgerNode root) {
        for (Apart pair : root.apart) {
            LedgerNode other = root(known(pair.other()));
            if (!other.id.equals(root.id)) {
                other.apart.removeIf(back -> root.members.containsKey(back.other()));
                state.changed(other);
            }
        }
        root.apart.clear();
    }

    private long append(
            Fact.Kind kind, ActorId left, ActorId right, String rule, @Nullable ActorId absorbed, Cause cause) {
        long number = state.head(left.workspace()).nextFact();
        state.append(new Fact(number, kind, left, right, rule, absorbed, cause));
        return number;
    }
}
