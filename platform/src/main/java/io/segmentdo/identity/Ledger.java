package io.segmentdo.identity;

import io.segmentdo.identity.LedgerNode.Apart;
import io.segmentdo.identity.Message.Answer;
import io.segmentdo.identity.Message.Canonical;
import io.segmentdo.identity.Message.Delete;
import io.segmentdo.identity.Message.Forward;
import io.segmentdo.identity.Message.Hold;
import io.segmentdo.identity.Message.Propose;
import io.segmentdo.identity.Message.Reset;
import io.segmentdo.identity.Message.Unmerge;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Decides who is who in a workspace, one proposal after another: a union-find whose roots know their members.
 *
 * <p>Roots join roots only, and the older one stays, so there is no cycle whatever is in flight. It tells the loser's
 * actor to forward, and a part that is taken out to hold; both reach the actor in the order of the facts. Pure over
 * {@link PartitionState}.
 */
final class Ledger {
    private final PartitionState state;

    Ledger(PartitionState state) {
        this.state = state;
    }

    void on(Message.ToLedger request) {
        switch (request) {
            case Propose proposal -> decide(proposal);
            case Unmerge unmerge -> unmerge(unmerge);
            case Delete delete -> delete(delete);
        }
    }

    private void decide(Propose proposal) {
        CompiledRules rules = state.rules(proposal.witness().workspace());
        LedgerNode current = rootOrNew(proposal.witness());
        Map<ActorId, String> refused = new LinkedHashMap<>();
        boolean isChanged = false;
        List<ActorId> ids = new ArrayList<>(proposal.ids());
        ids.sort(rules.byPriority());
        for (ActorId id : ids) {
            LedgerNode other = rootOrNew(id);
            if (other.id.equals(current.id)) {
                continue;
            }
            String reason = refusal(current, other, proposal, rules);
            if (reason == null) {
                current = join(current, other, id, proposal);
                isChanged = true;
            } else {
                refused.put(id, reason);
                append(Fact.Kind.REFUSED, proposal.witness(), id, reason, proposal.cause());
            }
        }
        if (proposal.isExplicit()) {
            tellCanonical(proposal, current, isChanged);
        } else {
            answer(proposal, current, refused);
        }
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

    private @Nullable String refusal(LedgerNode left, LedgerNode right, Propose proposal, CompiledRules rules) {
        if (!proposal.isExplicit() && areApart(left, right)) {
            return "apart";
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

    private LedgerNode join(LedgerNode current, LedgerNode other, ActorId id, Propose proposal) {
        long now = proposal.cause().atMillis();
        LedgerNode left = kept(current, now);
        LedgerNode right = kept(other, now);
        boolean isLeftOlder = left.rank <= right.rank;
        LedgerNode winner = isLeftOlder ? left : right;
        LedgerNode loser = isLeftOlder ? right : left;
        if (proposal.isExplicit()) {
            left.apart.removeIf(pair -> right.members.containsKey(pair.other()));
            right.apart.removeIf(pair -> left.members.containsKey(pair.other()));
        }
        winner.members.putAll(loser.members);
        winner.apart.addAll(loser.apart);
        loser.members = new LinkedHashMap<>();
        loser.apart = new ArrayList<>();
        loser.parent = winner.id;
        state.changed(winner);
        state.changed(loser);
        String rule = proposal.isExplicit() ? "alias" : "seen";
        long fact = append(Fact.Kind.JOINED, proposal.witness(), id, rule, proposal.cause());
        state.send(new Forward(loser.id, winner.id, fact, proposal.cause()));
        return winner;
    }

    /** A node that will be stored: one that was unknown gets its rank now. */
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

    /** What was refused to a witness that is being taken out of the asker is none of the asker's business. */
    private void answer(Propose proposal, LedgerNode witnessRoot, Map<ActorId, String> refused) {
        if (!refused.isEmpty() && rootOrNew(proposal.asker()).id.equals(witnessRoot.id)) {
            state.send(new Answer(proposal.asker(), refused));
        }
    }

    /** Takes an absorbed root out of its component again, with all that came with it. */
    private void unmerge(Unmerge request) {
        LedgerNode part = state.findNode(request.id());
        if (part == null || part.parent == null) {
            append(Fact.Kind.REFUSED, request.id(), request.id(), "not absorbed", request.cause());
            return;
        }
        LedgerNode root = root(part);
        part.parent = null;
        for (ActorId member : List.copyOf(root.members.keySet())) {
            if (root(known(member)).id.equals(part.id)) {
                move(member, root, part);
            }
        }
        List<Apart> moving = root.apart.stream()
                .filter(pair -> part.members.containsKey(pair.mine()))
                .toList();
        root.apart.removeAll(moving);
        part.apart.addAll(moving);
        part.apart.add(new Apart(part.id, root.id));
        root.apart.add(new Apart(root.id, part.id));
        state.changed(root);
        state.changed(part);
        long fact = append(Fact.Kind.UNMERGED, part.id, root.id, "unmerge", request.cause());
        state.send(new Hold(part.id, List.copyOf(part.members.keySet()), fact, false, request.cause()));
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
        long fact = append(Fact.Kind.DELETED, request.id(), rootId, "delete", request.cause());
        if (root != null) {
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
                    state.send(new Hold(member, subtree, fact, true, request.cause()));
                }
            }
            root.members.keySet().retainAll(List.of(root.id));
            state.changed(root);
        }
        state.send(new Reset(rootId, members, fact, request.cause()));
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

    private long append(Fact.Kind kind, ActorId left, ActorId right, String rule, Cause cause) {
        long number = state.head(left.workspace()).nextFact();
        state.append(new Fact(number, kind, left, right, rule, cause));
        return number;
    }
}
