package io.segmentdo.identity;

import io.segmentdo.event.Event;
import io.segmentdo.event.ProfileFact;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the protocol sees of the partition in which it runs: its state, and where effects go. Everything stays in memory
 * until the batch is committed. Confined to its lane.
 */
interface PartitionState extends LedgerState {
    /** The number of the partition. */
    int number();

    /** The last position of its outbox, with this batch. */
    long outboxTail();

    IdentityConfig config();

    /** The actor of an identifier that lives here, null when it was never mentioned. */
    @Nullable
    Actor find(ActorId id);

    /** A new actor, a root that holds just itself. */
    Actor create(ActorId id);

    void changed(Actor actor);

    /** Puts a message at the end of an actor's durable queue. */
    void enqueue(Actor actor, Message.ToIdentifier message);

    /** Empties an actor's queue. */
    List<Message.ToIdentifier> takeQueue(Actor actor);

    /** The traits that came to a root by one of its members; not to be changed. */
    TraitRow traits(Actor root, ActorId member);

    /** Replaces such a row; an empty one is removed. */
    void putTraits(Actor root, ActorId member, TraitRow row);

    /** Puts an event into the outbox. */
    void identified(String profileId, Event event);

    /** Puts a fact into the outbox. */
    void announce(
            ProfileFact.Kind kind,
            Actor profile,
            @Nullable String otherId,
            Cause cause,
            long ledgerFact,
            int otherPartition,
            long otherPosition);

    /** Counts traits that found no room. */
    void droppedTraits(int count);
}
