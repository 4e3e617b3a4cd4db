package io.segmentdo.identity;

import io.segmentdo.event.FrameReader;
import io.segmentdo.store.Keyspace;
import io.segmentdo.store.PartitionStore;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Everything that identity has committed, read back from the store. */
final class StoredState {
    final Map<ActorId, Actor> actors = new TreeMap<>();
    final Map<ActorId, Actor> groups = new TreeMap<>();
    final Map<ActorId, LedgerNode> nodes = new TreeMap<>();
    final List<Fact> facts = new ArrayList<>();

    /** Messages in the queues of actors and ledgers, and all that are in the channels. */
    final List<Message> queued = new ArrayList<>();

    final List<ChannelMessage> inChannels = new ArrayList<>();

    /** Traits by root, then by member. */
    final Map<ActorId, Map<ActorId, TraitRow>> rows = new HashMap<>();

    int deadLetters;

    static StoredState read(PartitionStore store) {
        StoredState state = new StoredState();
        for (int partition = 0; partition < store.partitions(); partition++) {
            state.readPartition(store, partition);
        }
        state.facts.sort((left, right) -> Long.compare(left.number(), right.number()));
        return state;
    }

    private void readPartition(PartitionStore store, int partition) {
        for (PartitionStore.Entry entry : all(store, partition, Keyspace.ACTOR)) {
            if (entry.key()[0] == 'a') {
                ActorId id = id(Arrays.copyOfRange(entry.key(), 1, entry.key().length));
                (id.is(ActorId.GROUP) ? groups : actors).put(id, Actor.read(id, entry.value()));
            } else {
                queued.add(MessageCodec.decode(entry.value()));
            }
        }
        for (PartitionStore.Entry entry : all(store, partition, Keyspace.LEDGER)) {
            if (entry.key()[0] == 'n') {
                ActorId id = id(Arrays.copyOfRange(entry.key(), 1, entry.key().length));
                nodes.put(id, LedgerNode.read(id, entry.value()));
            } else if (entry.key()[0] == 'f') {
                FrameReader key = new FrameReader(entry.key(), 1, entry.key().length - 1);
                String workspace = key.readString();
                facts.add(Fact.read(workspace, key.readLong(), entry.value()));
            } else if (entry.key()[0] == 'w') {
                queued.add(MessageCodec.decode(entry.value()));
            }
        }
        for (PartitionStore.Entry entry : all(store, partition, Keyspace.TRAIT)) {
            int length = (entry.key()[0] << 8) | (entry.key()[1] & 0xFF);
            ActorId root = id(Arrays.copyOfRange(entry.key(), 2, 2 + length));
            ActorId member = id(Arrays.copyOfRange(entry.key(), 2 + length, entry.key().length));
            rows.computeIfAbsent(root, key -> new TreeMap<>())
                    .put(member, TraitRow.read(new FrameReader(entry.value())));
        }
        readChannels(store, partition);
        deadLetters += all(store, partition, Keyspace.DEAD_LETTER).size();
    }

    private void readChannels(PartitionStore store, int partition) {
        for (PartitionStore.Entry entry : all(store, partition, Keyspace.CHANNEL)) {
            if (entry.key()[0] == 'o') {
                java.nio.ByteBuffer key = java.nio.ByteBuffer.wrap(entry.key(), 1, 12);
                int to = key.getInt();
                long number = key.getLong();
                byte[] received = store.read(to, Keyspace.CHANNEL, Keys.lastReceived(partition));
                if (received == null || Keys.number(received) < number) {
                    inChannels.add(new ChannelMessage(partition, to, number, entry.value()));
                }
            }
        }
    }

    /** The root that an identifier's pointers lead to. */
    ActorId root(ActorId id) {
        Actor actor = actors.get(id);
        int steps = 0;
        while (actor.status != Actor.Status.ROOT) {
            if (steps++ > actors.size() || actor.forward == null) {
                throw new AssertionError("no way up from " + id + ": " + actor.status);
            }
            actor = actors.get(actor.forward);
        }
        return actor.id;
    }

    /** The traits of a profile: the last value of each over all its members. */
    Map<String, TraitRow.Value> traits(ActorId root) {
        TraitRow all = new TraitRow();
        rows.getOrDefault(root, Map.of()).values().forEach(row -> all.merge(row, Integer.MAX_VALUE));
        return all.values();
    }

    static List<PartitionStore.Entry> all(PartitionStore store, int partition, Keyspace keyspace) {
        byte[] end = new byte[64];
        Arrays.fill(end, (byte) 0xFF);
        return store.scan(partition, keyspace, new byte[0], end, 1_000_000);
    }

    private static ActorId id(byte[] key) {
        String[] parts = new String(key, java.nio.charset.StandardCharsets.UTF_8).split("\0", -1);
        return ActorId.of(parts[0], parts[1], parts[2]);
    }
}
