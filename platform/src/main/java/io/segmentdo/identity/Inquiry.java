package io.segmentdo.identity;

import io.segmentdo.event.FrameReader;
import io.segmentdo.store.Keyspace;
import io.segmentdo.store.PartitionStore;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Answers who somebody is from what is committed, between two batches. It changes nothing, not even what the lane keeps in
 * memory. Confined to its lane.
 */
final class Inquiry {
    private static final int STEPS_MAX = 1000;
    private static final int ROWS_MAX = 20_000;

    private final Map<Integer, LanePartition> partitions;
    private final PartitionStore store;

    Inquiry(Map<Integer, LanePartition> partitions, PartitionStore store) {
        this.partitions = partitions;
        this.store = store;
    }

    /** The profile of an identifier, as far as its way leads through partitions of this lane. */
    Reply who(ActorId id) {
        ActorId at = id;
        for (int step = 0; step < STEPS_MAX; step++) {
            LanePartition partition = partitions.get(at.partition(store.partitions()));
            if (partition == null) {
                return new Reply.Elsewhere(at);
            }
            Actor actor = partition.records().peek(at);
            if (actor == null) {
                return new Reply.Nobody();
            }
            ActorId next = actor.forward;
            if (next == null) {
                boolean isKnown = actor.exists || (actor.id.is(ActorId.GROUP) && !actor.firstMessageId.isEmpty());
                return isKnown ? new Reply.Found(profile(actor, partition.number())) : new Reply.Nobody();
            }
            at = next;
        }
        throw new IllegalStateException("a way of more than " + STEPS_MAX + " steps");
    }

    private Profile profile(Actor root, int partition) {
        Map<ActorId, Long> identifiers = new LinkedHashMap<>();
        if (!root.id.is(ActorId.GROUP)) {
            identifiers.put(root.id, 0L);
        }
        identifiers.putAll(root.members);
        Map<ActorId, String> refused = new LinkedHashMap<>();
        root.refused.forEach((id, refusal) -> refused.put(id, refusal.reason()));
        ActorId user = Snapshot.shown(root, ActorId.USER);
        return new Profile(
                root.id,
                root.profileId(),
                identifiers,
                root.bonds,
                user == null ? "" : user.value(),
                traits(root, partition),
                groups(root),
                refused,
                new Profile.Sighting(root.firstMessageId, root.firstSource, root.firstSeenMillis),
                new Profile.Sighting(root.lastMessageId, root.lastSource, root.lastSeenMillis));
    }

    private Map<String, Profile.Trait> traits(Actor root, int partition) {
        byte[] from = Keys.traits(root.id);
        byte[] end = Arrays.copyOf(from, from.length + 1);
        end[from.length] = (byte) 0xFF; // in no text
        TraitRow all = new TraitRow();
        for (PartitionStore.Entry row : store.scan(partition, Keyspace.TRAIT, from, end, ROWS_MAX)) {
            all.merge(TraitRow.read(new FrameReader(row.value())), Integer.MAX_VALUE);
        }
        Map<String, Profile.Trait> traits = new LinkedHashMap<>();
        all.values().forEach((name, value) -> {
            if (!value.isUnset()) {
                String json = new String(value.json(), StandardCharsets.UTF_8);
                traits.put(name, new Profile.Trait(json, value.source(), value.atMillis()));
            }
        });
        return traits;
    }

    private static List<String> groups(Actor root) {
        Membership last = root.group();
        List<String> groups = new ArrayList<>();
        if (last != null) {
            groups.add(last.groupId());
            root.groups.values().stream()
                    .flatMap(group -> group.all().stream())
                    .filter(group -> !group.equals(last.groupId()))
                    .distinct()
                    .sorted()
                    .forEach(groups::add);
        }
        return groups;
    }

    /** Those of these facts that there are. */
    Reply facts(int partition, ActorId ledger, List<Long> numbers) {
        List<byte[]> keys = numbers.stream()
                .map(number -> Keys.fact(ledger.workspace(), number))
                .toList();
        List<byte @Nullable []> values = store.readAll(partition, Keyspace.LEDGER, keys);
        List<Fact> facts = new ArrayList<>();
        for (int i = 0; i < keys.size(); i++) {
            byte[] value = values.get(i);
            if (value != null) {
                facts.add(Fact.read(ledger.workspace(), numbers.get(i), value));
            }
        }
        return new Reply.Facts(facts);
    }

    /** The next facts from a number on; empty when there are no more. */
    Reply factsFrom(int partition, ActorId ledger, long first, int max) {
        String workspace = ledger.workspace();
        byte[] from = Keys.fact(workspace, first);
        byte[] end = Keys.fact(workspace, Long.MAX_VALUE);
        List<Fact> facts = new ArrayList<>();
        for (PartitionStore.Entry entry : store.scan(partition, Keyspace.LEDGER, from, end, max)) {
            FrameReader number = new FrameReader(entry.key(), entry.key().length - Long.BYTES, Long.BYTES);
            facts.add(Fact.read(workspace, number.readLong(), entry.value()));
        }
        return new Reply.Facts(facts);
    }
}
