package io.segmentdo.identity;

import io.segmentdo.store.Keyspace;
import io.segmentdo.store.PartitionStore;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What must hold after every single commit, whatever is under way; throws an {@link AssertionError} that says what does not. */
final class StepInvariants {
    private final StoredState state;
    private final Map<ActorId, String> claims = new HashMap<>();

    private StepInvariants(StoredState state) {
        this.state = state;
    }

    static void check(PartitionStore disk) {
        check(disk, StoredState.read(disk));
    }

    /** With what has been read from the disk already. */
    static void check(PartitionStore disk, StoredState state) {
        StepInvariants invariants = new StepInvariants(state);
        invariants.pointersRise();
        invariants.everyIdentifierIsInOnePlace();
        channelsHaveNoGaps(disk);
    }

    private void pointersRise() {
        for (Actor actor : state.actors.values()) {
            if (actor.forward != null) {
                long mine = state.nodes.get(actor.id).rank;
                long next = state.nodes.get(actor.forward).rank;
                Invariants.require(next < mine, "I1", actor.id, "points down to", actor.forward);
            }
        }
        for (LedgerNode node : state.nodes.values()) {
            Invariants.require(
                    node.parent == null || state.nodes.get(node.parent).rank < node.rank, "I1", node.id, "points down");
        }
    }

    private void everyIdentifierIsInOnePlace() {
        for (Actor actor : state.actors.values()) {
            if (actor.status == Actor.Status.ROOT) {
                actor.allMembers().forEach(member -> claim(member, "at " + actor.id));
            }
        }
        state.queued.forEach(this::claimUnderWay);
        state.inChannels.forEach(message -> claimUnderWay(MessageCodec.decode(message.body())));
    }

    private void claimUnderWay(Message message) {
        switch (message) {
            case Message.Surrender surrender ->
                surrender.belongings().members().keySet().forEach(id -> claim(id, "surrendered to " + surrender.to()));
            case Message.Restore restore ->
                restore.belongings().members().keySet().forEach(id -> claim(id, "restored to " + restore.to()));
            default -> {
                // carries no members
            }
        }
    }

    private void claim(ActorId id, String where) {
        String other = claims.put(id, where);
        Invariants.require(other == null, "I2", id, "is", where, "and", other);
    }

    private static void channelsHaveNoGaps(PartitionStore disk) {
        for (int partition = 0; partition < disk.partitions(); partition++) {
            Map<Integer, Long> last = new HashMap<>();
            List<PartitionStore.Entry> entries = StoredState.all(disk, partition, Keyspace.CHANNEL);
            for (PartitionStore.Entry entry : entries) {
                if (entry.key()[0] == 'o') {
                    ByteBuffer key = ByteBuffer.wrap(entry.key(), 1, 12);
                    int to = key.getInt();
                    long number = key.getLong();
                    Long before = last.put(to, number);
                    Invariants.require(
                            before == null || before + 1 == number, "I4", partition, "to", to, before, "then", number);
                }
            }
            for (Map.Entry<Integer, Long> end : last.entrySet()) {
                byte[] sent = disk.read(partition, Keyspace.CHANNEL, Keys.lastSent(end.getKey()));
                Invariants.require(
                        sent != null && Keys.number(sent) == end.getValue(), "I4 the last of", partition, end);
            }
        }
    }
}
