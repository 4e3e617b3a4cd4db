package io.segmentdo.identity;

import io.segmentdo.event.Event;
import io.segmentdo.event.ProfileFact;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A partition's state that does what another one does, for tests that look at some of it or break some of it. */
class DecoratedState implements PartitionState {
    private final PartitionState state;

    DecoratedState(PartitionState state) {
        this.state = state;
    }

    @Override
    public int number() {
        return state.number();
    }

    @Override
    public long outboxTail() {
        return state.outboxTail();
    }

    @Override
    public IdentityConfig config() {
        return state.config();
    }

    @Override
    public CompiledRules rules(String workspace) {
        return state.rules(workspace);
    }

    @Override
    public @Nullable Actor find(ActorId id) {
        return state.find(id);
    }

    @Override
    public Actor create(ActorId id) {
        return state.create(id);
    }

    @Override
    public void changed(Actor actor) {
        state.changed(actor);
    }

    @Override
    public void enqueue(Actor actor, Message.ToIdentifier message) {
        state.enqueue(actor, message);
    }

    @Override
    public List<Message.ToIdentifier> takeQueue(Actor actor) {
        return state.takeQueue(actor);
    }

    @Override
    public TraitRow traits(Actor root, ActorId member) {
        return state.traits(root, member);
    }

    @Override
    public void putTraits(Actor root, ActorId member, TraitRow row) {
        state.putTraits(root, member, row);
    }

    @Override
    public @Nullable LedgerNode findNode(ActorId id) {
        return state.findNode(id);
    }

    @Override
    public void changed(LedgerNode node) {
        state.changed(node);
    }

    @Override
    public LedgerHead head(String workspace) {
        return state.head(workspace);
    }

    @Override
    public void append(Fact fact) {
        state.append(fact);
    }

    @Override
    public void decided(Decision.Verdict answer) {
        state.decided(answer);
    }

    @Override
    public void await(Message.ToLedger request) {
        state.await(request);
    }

    @Override
    public List<Message.ToLedger> takeWaiting(String workspace) {
        return state.takeWaiting(workspace);
    }

    @Override
    public void send(Message message) {
        state.send(message);
    }

    @Override
    public void identified(String profileId, Event event) {
        state.identified(profileId, event);
    }

    @Override
    public void announce(
            ProfileFact.Kind kind,
            Actor profile,
            @Nullable String otherId,
            Cause cause,
            long ledgerFact,
            int otherPartition,
            long otherPosition) {
        state.announce(kind, profile, otherId, cause, ledgerFact, otherPartition, otherPosition);
    }

    @Override
    public void droppedTraits(int count) {
        state.droppedTraits(count);
    }
}
