package io.segmentdo.identity;

import io.segmentdo.event.FrameReader;
import io.segmentdo.identity.Message.ToIdentifier;
import io.segmentdo.store.Changes;
import io.segmentdo.store.Keyspace;
import io.segmentdo.store.PartitionStore;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The actors, ledger nodes, ledger heads and rows of traits of one partition: what is stored, overlaid with what the running
 * batch changed.
 *
 * <p>Memory keeps every record that the batch touches until its end, so that a record is one object throughout. What was
 * looked for and is not stored is known to be absent until then, so that it is not looked for again. Confined to its lane.
 */
final class PartitionRecords {
    /** How much of the memory for actors there is for rows of traits, which few events need. */
    private static final int ROWS_SHARE = 4;

    private static final int ROWS_MIN = 16;
    private static final int PAGE = 1000;

    private record RowKey(ActorId root, ActorId member) {}

    private final int partition;
    private final PartitionStore store;
    private final Recent<ActorId, Actor> actors;
    private final Recent<ActorId, LedgerNode> nodes;
    private final Recent<RowKey, TraitRow> rows;
    private final Map<String, LedgerHead> heads = new HashMap<>();

    // the running batch
    private final Set<ActorId> absent = new HashSet<>();
    private final Set<ActorId> absentNodes = new HashSet<>();
    private final Set<Actor> dirtyActors = new LinkedHashSet<>();
    private final Set<LedgerNode> dirtyNodes = new LinkedHashSet<>();
    private final Map<RowKey, TraitRow> dirtyRows = new LinkedHashMap<>();
    private final Set<LedgerHead> dirtyHeads = new HashSet<>();

    /** Of one partition, with room for about so many actors that are used often. */
    PartitionRecords(int partition, PartitionStore store, int cachedActors) {
        this.partition = partition;
        this.store = store;
        this.actors = new Recent<>(cachedActors);
        this.nodes = new Recent<>(cachedActors);
        this.rows = new Recent<>(Math.max(ROWS_MIN, cachedActors / ROWS_SHARE));
    }

    // ---- actors

    /** Whether an actor is not in memory and nobody has looked for it yet; then it is to be {@link #loaded}. */
    boolean isUnknown(ActorId id) {
        return actors.find(id) == null && absent.add(id);
    }

    /** An actor that is in memory, else null. */
    @Nullable
    Actor inMemory(ActorId id) {
        return actors.find(id);
    }

    /** Brings into memory what the store has of an actor. */
    void loaded(ActorId id, byte @Nullable [] value) {
        if (value != null) {
            absent.remove(id);
            actors.put(id, load(id, value));
        }
    }

    /** See {@link PartitionState#find}. */
    @Nullable
    Actor find(ActorId id) {
        Actor known = actors.find(id);
        if (known == null && absent.add(id)) {
            loaded(id, store.read(partition, Keyspace.ACTOR, Keys.actor(id)));
            known = actors.find(id);
        }
        return known;
    }

    /** The actor of an identifier as it is committed, without its queue and without keeping it; between batches. */
    @Nullable
    Actor peek(ActorId id) {
        Actor known = actors.find(id);
        if (known == null && !absent.contains(id)) {
            byte[] value = store.read(partition, Keyspace.ACTOR, Keys.actor(id));
            return value == null ? null : Actor.read(id, value);
        }
        return known;
    }

    private Actor load(ActorId id, byte[] value) {
        Actor actor = Actor.read(id, value);
        long next = actor.queueFirst;
        while (next < actor.queueEnd) {
            List<PartitionStore.Entry> page =
                    store.scan(partition, Keyspace.ACTOR, Keys.queued(id, next), Keys.queued(id, actor.queueEnd), PAGE);
            if (page.isEmpty()) {
                throw new IllegalStateException("the queue of " + id.type() + " has lost its end");
            }
            page.forEach(entry -> actor.queue.add((ToIdentifier) MessageCodec.decode(entry.value())));
            next += page.size();
        }
        return actor;
    }

    /** See {@link PartitionState#create}. */
    Actor create(ActorId id) {
        Actor actor = new Actor(id);
        actor.isNew = true;
        absent.remove(id);
        actors.put(id, actor);
        changed(actor);
        return actor;
    }

    void changed(Actor actor) {
        dirtyActors.add(actor);
    }

    // ---- traits

    /** Whether a row of traits is not in memory; then it is to be {@link #loadedRow}. */
    boolean isUnknownRow(Actor root, ActorId member) {
        return !root.isNew && rows.find(new RowKey(root.id, member)) == null;
    }

    /** Brings into memory what the store has of a row of traits. */
    TraitRow loadedRow(Actor root, ActorId member, byte @Nullable [] value) {
        TraitRow row = value == null ? new TraitRow() : TraitRow.read(new FrameReader(value));
        rows.put(new RowKey(root.id, member), row);
        return row;
    }

    /** See {@link PartitionState#traits}. */
    TraitRow traits(Actor root, ActorId member) {
        TraitRow known = rows.find(new RowKey(root.id, member));
        if (known != null) {
            return known;
        }
        byte[] value = root.isNew ? null : store.read(partition, Keyspace.TRAIT, Keys.trait(root.id, member));
        return loadedRow(root, member, value);
    }

    /** See {@link PartitionState#putTraits}. */
    void putTraits(Actor root, ActorId member, TraitRow row) {
        RowKey key = new RowKey(root.id, member);
        TraitRow before = rows.find(key);
        if (row.isEmpty() && before != null && before.isEmpty() && !dirtyRows.containsKey(key)) {
            return; // nothing is stored, and so it stays
        }
        rows.put(key, row);
        dirtyRows.put(key, row);
    }

    // ---- the ledger

    /** Whether a node of the ledger is not in memory and nobody has looked for it yet; then it is to be {@link #loadedNode}. */
    boolean isUnknownNode(ActorId id) {
        return nodes.find(id) == null && absentNodes.add(id);
    }

    /** Where a node of the ledger leads that is in memory, else null. */
    @Nullable
    ActorId parentInMemory(ActorId id) {
        LedgerNode node = nodes.find(id);
        return node == null ? null : node.parent;
    }

    /** Brings into memory what the store has of a node of the ledger. */
    void loadedNode(ActorId id, byte @Nullable [] value) {
        if (value != null) {
            absentNodes.remove(id);
            nodes.put(id, LedgerNode.read(id, value));
        }
    }

    /** See {@link LedgerState#findNode}. */
    @Nullable
    LedgerNode findNode(ActorId id) {
        LedgerNode known = nodes.find(id);
        if (known == null && absentNodes.add(id)) {
            loadedNode(id, store.read(partition, Keyspace.LEDGER, Keys.node(id)));
            known = nodes.find(id);
        }
        return known;
    }

    void changed(LedgerNode node) {
        nodes.put(node.id, node);
        dirtyNodes.add(node);
    }

    /** See {@link LedgerState#head}; it is taken to be changed. */
    LedgerHead head(String workspace) {
        LedgerHead head = heads.computeIfAbsent(workspace, name -> {
            byte[] value = store.read(partition, Keyspace.LEDGER, Keys.head(name));
            return value == null ? new LedgerHead(name) : loadHead(name, value);
        });
        dirtyHeads.add(head);
        return head;
    }

    private LedgerHead loadHead(String workspace, byte[] value) {
        LedgerHead head = LedgerHead.read(workspace, value);
        long next = head.waitingFirst;
        while (next < head.waitingEnd) {
            List<PartitionStore.Entry> page = store.scan(
                    partition,
                    Keyspace.LEDGER,
                    Keys.waiting(workspace, next),
                    Keys.waiting(workspace, head.waitingEnd),
                    PAGE);
            if (page.isEmpty()) {
                throw new IllegalStateException("the ledger of " + workspace + " has lost requests that wait");
            }
            page.forEach(entry -> head.waiting.add((Message.ToLedger) MessageCodec.decode(entry.value())));
            next += page.size();
        }
        return head;
    }

    // ---- the end of the batch

    /** Whether the batch has changed anything here. */
    boolean isChanged() {
        return !dirtyActors.isEmpty() || !dirtyNodes.isEmpty() || !dirtyHeads.isEmpty() || !dirtyRows.isEmpty();
    }

    /** Adds what the batch has changed to its commit. */
    void flush(Changes changes) {
        dirtyActors.forEach(actor -> flush(actor, changes));
        dirtyNodes.forEach(node -> changes.put(Keyspace.LEDGER, Keys.node(node.id), node.toBytes()));
        dirtyHeads.forEach(head -> changes.put(Keyspace.LEDGER, Keys.head(head.workspace), head.toBytes()));
        dirtyRows.forEach((key, row) -> {
            byte[] stored = Keys.trait(key.root, key.member);
            if (row.isEmpty()) {
                changes.delete(Keyspace.TRAIT, stored);
            } else {
                changes.put(Keyspace.TRAIT, stored, row.toBytes());
            }
        });
    }

    private static void flush(Actor actor, Changes changes) {
        Iterator<ToIdentifier> newest = actor.queue.descendingIterator();
        long firstNew = Math.max(actor.queueStored, actor.queueEnd - actor.queue.size());
        for (long number = actor.queueEnd - 1; number >= firstNew; number--) {
            changes.put(Keyspace.ACTOR, Keys.queued(actor.id, number), MessageCodec.encode(newest.next()));
        }
        changes.put(Keyspace.ACTOR, Keys.actor(actor.id), actor.toBytes());
    }

    /** The batch is durable. */
    void committed() {
        absent.clear();
        dirtyActors.forEach(actor -> {
            actor.queueStored = actor.queueEnd;
            actor.isNew = false;
        });
        dirtyActors.clear();
        absentNodes.clear();
        dirtyNodes.clear();
        dirtyRows.clear();
        dirtyHeads.clear();
        actors.trim();
        nodes.trim();
        rows.trim();
    }
}
