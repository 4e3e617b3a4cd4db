package io.segmentdo.identity;

import io.segmentdo.identity.Message.Abdicate;
import io.segmentdo.identity.Message.Hold;
import io.segmentdo.identity.Message.Move;
import io.segmentdo.identity.Message.Propose;
import io.segmentdo.identity.Message.Reset;
import io.segmentdo.identity.Message.Settled;
import io.segmentdo.identity.Message.ToLedger;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A ledger in memory that decides again what another one has decided, under rules of its own: the same {@link Ledger} over
 * nodes that nobody stores, and actors that are settled at once. Confined to one thread.
 */
final class ReplayedLedger implements LedgerState {
    private final String workspace;
    private final CompiledRules rules;
    private final LedgerHead head;
    private final Map<ActorId, LedgerNode> nodes = new HashMap<>();
    private final Deque<ToLedger> settled = new ArrayDeque<>();
    private final Ledger ledger = new Ledger(this);

    ReplayedLedger(String workspace, CompiledRules rules) {
        this.workspace = workspace;
        this.rules = rules;
        this.head = new LedgerHead(workspace);
    }

    /** Knows an identifier from now on; who is known earlier stays the root. */
    void know(ActorId id, long atMillis) {
        nodes.computeIfAbsent(id, unknown -> {
            LedgerNode node = new LedgerNode(id, head.nextRank());
            node.members.put(id, atMillis);
            return node;
        });
    }

    /** Decides whether identifiers that were seen together, or that somebody named, are one person. */
    void propose(List<ActorId> ids, boolean isExplicit, Cause cause) {
        ActorId witness = ids.getFirst();
        on(new Propose(ActorId.ledger(workspace), witness, witness, ids.subList(1, ids.size()), isExplicit, cause));
    }

    /** Undoes what somebody wanted to be undone. */
    void on(ToLedger request) {
        ledger.on(request);
        for (ToLedger next = settled.poll(); next != null; next = settled.poll()) {
            ledger.on(next);
        }
    }

    /** Some identifiers as the persons that they are now. */
    Set<Set<ActorId>> persons(Set<ActorId> ids) {
        Map<ActorId, Set<ActorId>> persons = new HashMap<>();
        for (ActorId id : ids) {
            ActorId root = id;
            LedgerNode node = nodes.get(root);
            while (node != null && node.parent != null) {
                root = node.parent;
                node = nodes.get(root);
            }
            persons.computeIfAbsent(root, key -> new TreeSet<>()).add(id);
        }
        return new HashSet<>(persons.values());
    }

    @Override
    public CompiledRules rules(String ofWorkspace) {
        return rules;
    }

    @Override
    public @Nullable LedgerNode findNode(ActorId id) {
        return nodes.get(id);
    }

    @Override
    public void changed(LedgerNode node) {
        nodes.put(node.id, node);
    }

    @Override
    public LedgerHead head(String ofWorkspace) {
        return head;
    }

    @Override
    public void append(Fact fact) {
        // what it comes to is read from the nodes
    }

    @Override
    public void decided(Decision.Verdict answer) {
        // nobody asked
    }

    @Override
    public void send(Message message) {
        switch (message) {
            case Hold hold -> settled(hold.to(), hold.fact());
            case Move move -> settled(move.to(), move.fact());
            case Reset reset -> settled(reset.to(), reset.fact());
            case Abdicate abdicate -> settled(abdicate.to(), abdicate.fact());
            default -> {
                // nobody is waited for who hears it
            }
        }
    }

    private void settled(ActorId id, long fact) {
        settled.add(new Settled(ActorId.ledger(workspace), id, fact));
    }

    @Override
    public List<ToLedger> takeWaiting(String ofWorkspace) {
        return new ArrayList<>(); // nothing waits where everything is settled at once
    }

    @Override
    public void await(ToLedger request) {
        throw new IllegalStateException("a request waits where everything is settled at once: " + request);
    }
}
