package io.segmentdo.identity;

import static org.assertj.core.api.Assertions.assertThat;

import io.segmentdo.identity.Message.Fence;
import io.segmentdo.identity.Message.Restore;
import io.segmentdo.identity.Message.Surrender;
import io.segmentdo.identity.Message.Visit;
import io.segmentdo.problem.PlatformException;
import io.segmentdo.problem.Problem;
import io.segmentdo.store.Changes;
import io.segmentdo.store.Keyspace;
import io.segmentdo.store.PartitionStore;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * The simulation can fail: with one rule of the protocol broken, a few of its seeds are enough to see it.
 *
 * <p>The rules are broken from outside, by what stands between the actors and their state or between the lanes and the disk.
 */
class BrokenProtocolSimulation {
    /** One of the few worlds in which a part is taken out while something of it is still on its way to the root. */
    private static final long UNDOING = 3322;

    private static final int SEEDS_MAX = 20_000;

    @Test
    void aChannelThatForgetsWhatItHasHadIsFoundOut() {
        assertThat(failure(brokenStore(ForgetfulChannels::new))).isNotNull();
    }

    @Test
    void aStoreThatTakesCommitsOfFormerOwnersIsFoundOut() {
        assertThat(failure(brokenStore(NoEpochs::new))).isNotNull();
    }

    @Test
    void aStoreThatCommitsTogetherOnlyInWordsIsFoundOut() {
        assertThat(failure(brokenStore(TogetherInWords::new))).isNotNull();
    }

    @Test
    void eventsThatDoNotWaitForTheirUserAreFoundOut() {
        assertThat(failure(brokenState(NoHold::new))).isNotNull();
    }

    @Test
    void anActorThatIsTakenOutWithoutAFenceIsFoundOut() {
        assertThat(failure(brokenState(NoFence::new))).contains("I7");
    }

    @Test
    void aPartThatGetsBackMoreThanTheRootHasIsFoundOut() {
        assertThat(failure(
                        new World.Change(
                                state -> {
                                    MoreThanThere broken = new MoreThanThere(state);
                                    Protocol actors = new Actors(broken);
                                    return message -> {
                                        broken.asked(message);
                                        actors.deliver(message);
                                    };
                                },
                                UnaryOperator.identity(),
                                true),
                        UNDOING,
                        6))
                .contains("I2");
    }

    @Test
    void anHeirThatDoesNotSayWhoseProfileItContinuesIsFoundOut() {
        assertThat(failure(brokenState(NamelessLegacy::new))).contains("I12");
    }

    @Test
    void whoMovesWithoutWaitingForWhatIsOnItsWayIsFoundOut() {
        assertThat(failure(brokenState(NoFenceForMoves::new))).isNotNull();
    }

    @Test
    void aRootThatForgetsWhatWasRefusedIsFoundOut() {
        assertThat(failure(brokenState(NothingRefused::new))).contains("I8");
    }

    @Test
    void aRootThatForgetsWhatItAskedForIsFoundOut() {
        assertThat(failure(brokenState(NothingPending::new))).contains("I8");
    }

    @Test
    void aGroupThatForgetsWhoWasForgottenIsFoundOut() {
        assertThat(failure(brokenState(NobodyLeft::new))).contains("a forgotten member");
    }

    private static World.Change brokenStore(UnaryOperator<PartitionStore> store) {
        return new World.Change(Actors::new, store, false);
    }

    private static World.Change brokenState(UnaryOperator<PartitionState> state) {
        return new World.Change(real -> new Actors(state.apply(real)), UnaryOperator.identity(), false);
    }

    /** What is the matter in the first world in which something is, null when nothing is in any. */
    private static @Nullable String failure(World.Change change) {
        return failure(change, 0, 1);
    }

    private static @Nullable String failure(World.Change change, long first, long step) {
        for (long seed = first; seed < first + SEEDS_MAX; seed += step) {
            try {
                IdentitySimulation.live(new World(seed, change), seed);
            } catch (Throwable found) {
                return seed + ": " + found;
            }
        }
        return null;
    }

    /** A partition that has been opened again takes the last message of each channel for a new one. */
    private static final class ForgetfulChannels extends DecoratedStore {
        ForgetfulChannels(PartitionStore store) {
            super(store);
        }

        @Override
        public List<byte @Nullable []> readAll(int partition, Keyspace keyspace, List<byte[]> keys) {
            List<byte @Nullable []> values = new ArrayList<>(super.readAll(partition, keyspace, keys));
            for (int i = 0; i < keys.size(); i++) {
                byte[] value = values.get(i);
                if (value != null && keyspace == Keyspace.CHANNEL && keys.get(i)[0] == 'i') {
                    values.set(i, oneLess(partition, keys.get(i), value));
                }
            }
            return values;
        }

        /** As long as its sender has not been told that it arrived. */
        private byte[] oneLess(int partition, byte[] key, byte[] value) {
            long last = Keys.number(value);
            int from = ByteBuffer.wrap(key).getInt(1);
            boolean isStillSent = read(from, Keyspace.CHANNEL, Keys.sent(partition, last)) != null;
            return isStillSent ? Keys.number(last - 1) : value;
        }
    }

    /** Each partition of a commit is taken alone, and sometimes the last one is not. */
    private static final class TogetherInWords extends DecoratedStore {
        private int commits;

        TogetherInWords(PartitionStore store) {
            super(store);
        }

        @Override
        public boolean commitsTogether() {
            return true;
        }

        @Override
        public void commit(List<Changes> changes) {
            boolean isTorn = commits++ % 50 == 0 && changes.size() > 1;
            super.commit(isTorn ? changes.subList(0, changes.size() - 1) : changes);
            if (isTorn) {
                throw new PlatformException(Problem.STORAGE_FAILED, "torn");
            }
        }
    }

    /** Commits are taken whoever owns the partition by now. */
    private static final class NoEpochs extends DecoratedStore {
        private final Map<Integer, Long> current = new HashMap<>();

        NoEpochs(PartitionStore store) {
            super(store);
        }

        @Override
        public Map<Integer, Long> tryOpen(Collection<Integer> partitions) {
            Map<Integer, Long> opened = super.tryOpen(partitions);
            current.putAll(opened);
            return opened;
        }

        @Override
        public void commit(List<Changes> changes) {
            super.commit(changes.stream().map(this::renewed).toList());
        }

        private Changes renewed(Changes old) {
            Changes renewed = new Changes(old.partition(), current.getOrDefault(old.partition(), old.epoch()));
            for (Changes.Change change : old.asList()) {
                if (change.value() != null) {
                    renewed.put(change.keyspace(), change.key(), change.value());
                } else if (change.endKey() != null) {
                    renewed.deleteRange(change.keyspace(), change.key(), change.endKey());
                } else {
                    renewed.delete(change.keyspace(), change.key());
                }
            }
            return renewed;
        }
    }

    /** An event that has to wait at a root is identified at once. */
    private static final class NoHold extends DecoratedState {
        NoHold(PartitionState state) {
            super(state);
        }

        @Override
        public void enqueue(Actor actor, Message.ToIdentifier message) {
            if (actor.status == Actor.Status.ROOT && message instanceof Visit visit) {
                identified(actor.profileId(), visit.event());
            } else {
                super.enqueue(actor, message);
            }
        }
    }

    /** What is taken out does not wait for what is on its way, but goes on at once. */
    private static final class NoFence extends DecoratedState {
        NoFence(PartitionState state) {
            super(state);
        }

        @Override
        public void send(Message message) {
            if (message instanceof Fence fence) {
                super.send(new Restore(
                        fence.from(),
                        Message.Belongings.NOTHING,
                        fence.parting(),
                        "former",
                        fence.fact(),
                        0,
                        0,
                        fence.cause()));
            } else {
                super.send(message);
            }
        }
    }

    /** A part gets back all that the ledger gave it, also what has not come to the root yet. */
    private static final class MoreThanThere extends DecoratedState {
        private List<ActorId> members = List.of();

        MoreThanThere(PartitionState state) {
            super(state);
        }

        void asked(Message message) {
            if (message instanceof Fence fence) {
                members = fence.members();
            }
        }

        @Override
        public void send(Message message) {
            if (message instanceof Restore restore && restore.parting() == Message.Parting.TAKES_ITS_OWN) {
                Message.Belongings theirs = restore.belongings();
                Map<ActorId, Long> more = new LinkedHashMap<>(theirs.members());
                members.forEach(member -> more.putIfAbsent(member, 0L));
                super.send(new Restore(
                        restore.to(),
                        new Message.Belongings(more, theirs.traits(), theirs.groups(), theirs.names(), theirs.bonds()),
                        restore.parting(),
                        restore.formerProfileId(),
                        restore.fact(),
                        restore.partition(),
                        restore.position(),
                        restore.cause()));
            } else {
                super.send(message);
            }
        }
    }

    /** What a root that is taken away leaves to its heir does not say which profile it was. */
    private static final class NamelessLegacy extends DecoratedState {
        NamelessLegacy(PartitionState state) {
            super(state);
        }

        @Override
        public void send(Message message) {
            if (message instanceof Surrender legacy
                    && legacy.belongings().members().isEmpty()) {
                super.send(new Surrender(
                        legacy.to(),
                        legacy.from(),
                        legacy.isPassed(),
                        legacy.fact(),
                        legacy.belongings(),
                        legacy.rulesVersion(),
                        legacy.refused(),
                        null,
                        legacy.partition(),
                        legacy.position(),
                        legacy.cause()));
            } else {
                super.send(message);
            }
        }
    }

    /** Who is to lead elsewhere does so at once, with nothing. */
    private static final class NoFenceForMoves extends DecoratedState {
        NoFenceForMoves(PartitionState state) {
            super(state);
        }

        @Override
        public void send(Message message) {
            if (message instanceof Fence fence && fence.parting() == Message.Parting.MOVES) {
                super.send(new Restore(
                        fence.from(),
                        Message.Belongings.NOTHING,
                        fence.parting(),
                        "former",
                        fence.fact(),
                        0,
                        0,
                        fence.cause()));
            } else {
                super.send(message);
            }
        }
    }

    /** Refusals are forgotten with the next message. */
    private static final class NothingRefused extends DecoratedState {
        NothingRefused(PartitionState state) {
            super(state);
        }

        @Override
        public @Nullable Actor find(ActorId id) {
            Actor actor = super.find(id);
            if (actor != null) {
                actor.refused = Map.of();
            }
            return actor;
        }
    }

    /** Groups forget who left them. */
    private static final class NobodyLeft extends DecoratedState {
        NobodyLeft(PartitionState state) {
            super(state);
        }

        @Override
        public void changed(Actor actor) {
            actor.left = Map.of();
            super.changed(actor);
        }
    }

    /** Questions are forgotten with the next message. */
    private static final class NothingPending extends DecoratedState {
        NothingPending(PartitionState state) {
            super(state);
        }

        @Override
        public @Nullable Actor find(ActorId id) {
            Actor actor = super.find(id);
            if (actor != null) {
                actor.pending = Set.of();
            }
            return actor;
        }
    }
}
