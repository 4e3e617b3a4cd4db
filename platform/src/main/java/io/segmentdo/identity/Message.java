package io.segmentdo.identity;

import io.segmentdo.event.Event;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What actors say to each other, all within one workspace. Immutable; maps and rows are not changed once sent. */
sealed interface Message {
    ActorId to();

    /** The number of its kind in stored and sent messages, for ever. */
    int code();

    /** What becomes of what a part has when it is taken out. */
    enum Parting {
        /** It takes its own with it. */
        TAKES_ITS_OWN,
        /** All of it is forgotten. */
        IS_FORGOTTEN,
        /** It stays with the person, only the identifier goes. */
        LEAVES_IT_BEHIND,
        /** It takes its own with it, to another place with the same person. */
        MOVES;

        /** The place is the code on disk: append only. */
        private static final List<Parting> CODES = List.of(TAKES_ITS_OWN, IS_FORGOTTEN, LEAVES_IT_BEHIND, MOVES);

        int code() {
            return CODES.indexOf(this);
        }

        static Parting of(int code) {
            return CODES.get(code);
        }
    }

    /** To the actor of an identifier. */
    sealed interface ToIdentifier extends Message {}

    /** To the ledger of a workspace. */
    sealed interface ToLedger extends Message {}

    /**
     * An event on its way up to a root.
     *
     * @param via the identifier whose way it takes
     * @param isPassed whether it came over from a device that belongs to somebody else
     */
    record Visit(ActorId to, ActorId via, boolean isPassed, Event event, Mentions mentions) implements ToIdentifier {
        @Override
        public int code() {
            return 1;
        }

        Visit onTo(ActorId next) {
            return new Visit(next, via, isPassed, event, mentions);
        }
    }

    /**
     * What an actor has to give away when it becomes, or stops being, a part of another.
     *
     * @param members each with the fact by which itself joined something last
     * @param names user ids that an alias made the one to show, each with the fact that did
     * @param bonds facts by which identifiers that were taken away once held members together
     */
    record Belongings(
            Map<ActorId, Long> members,
            Map<ActorId, TraitRow> traits,
            Map<ActorId, Membership> groups,
            Map<ActorId, Long> names,
            Set<Long> bonds) {
        static final Belongings NOTHING = new Belongings(Map.of(), Map.of(), Map.of(), Map.of(), Set.of());
    }

    /** The ledger's word to a root: you are a part of {@code winner} now. */
    record Forward(ActorId to, ActorId winner, long fact, Cause cause) implements ToIdentifier {
        @Override
        public int code() {
            return 2;
        }
    }

    /**
     * The state of a former root on its way to the new one, in front of everything else that comes that way; without members
     * what an identifier that was taken away leaves to its heir.
     *
     * @param isPassed whether it has been passed on by one that was the winner at first
     * @param rulesVersion the rules under which links were refused
     */
    record Surrender(
            ActorId to,
            ActorId from,
            boolean isPassed,
            long fact,
            Belongings belongings,
            long rulesVersion,
            Map<ActorId, Refusal> refused,
            @Nullable String profileId,
            int partition,
            long position,
            Cause cause)
            implements ToIdentifier {
        @Override
        public int code() {
            return 3;
        }

        Surrender onTo(ActorId next) {
            return new Surrender(
                    next, from, true, fact, belongings, rulesVersion, refused, profileId, partition, position, cause);
        }
    }

    /** The ledger's word to a part: wait, you are being taken out together with {@code members}. */
    record Hold(ActorId to, List<ActorId> members, long fact, Parting parting, Cause cause) implements ToIdentifier {
        @Override
        public int code() {
            return 4;
        }
    }

    /**
     * The ledger's word to a part: the one through which you and {@code members} came is taken away, go to {@code target}
     * instead.
     */
    record Move(ActorId to, List<ActorId> members, ActorId target, long fact, Cause cause) implements ToIdentifier {
        @Override
        public int code() {
            return 17;
        }
    }

    /** The ledger's word to a root that everybody else has left: what you have is your heir's, begin again as nobody's. */
    record Abdicate(ActorId to, ActorId heir, long fact, Cause cause) implements ToIdentifier {
        @Override
        public int code() {
            return 18;
        }
    }

    /** Behind everything that a part had sent up; asks the root to give back what belongs to {@code members}. */
    record Fence(ActorId to, ActorId from, List<ActorId> members, long fact, Parting parting, Cause cause)
            implements ToIdentifier {
        @Override
        public int code() {
            return 5;
        }

        Fence onTo(ActorId next) {
            return new Fence(next, from, members, fact, parting, cause);
        }
    }

    /**
     * The root's answer to a fence.
     *
     * @param partition the partition of the root
     * @param position the last position of its outbox when it answered
     */
    record Restore(
            ActorId to,
            Belongings belongings,
            Parting parting,
            String formerProfileId,
            long fact,
            int partition,
            long position,
            Cause cause)
            implements ToIdentifier {
        @Override
        public int code() {
            return 6;
        }
    }

    /** The ledger's word to a root: drop everything, and what came from {@code members} before this fact. */
    record Reset(ActorId to, List<ActorId> members, long fact, Cause cause) implements ToIdentifier {
        @Override
        public int code() {
            return 7;
        }
    }

    /**
     * Asks the ledger to join {@code witness} with each of {@code ids}, which were seen together.
     *
     * @param isExplicit whether somebody said so (an alias), which lifts the limit of user ids and settles what was apart
     */
    record Propose(ActorId to, ActorId asker, ActorId witness, List<ActorId> ids, boolean isExplicit, Cause cause)
            implements ToLedger {
        @Override
        public int code() {
            return 8;
        }
    }

    /** The ledger's answer about links that it refused, each with the reason. */
    record Answer(ActorId to, Map<ActorId, Refusal> refused) implements ToIdentifier {
        @Override
        public int code() {
            return 9;
        }
    }

    /** The ledger's word to a root: this is the user id to show. */
    record Canonical(ActorId to, ActorId user, long fact) implements ToIdentifier {
        @Override
        public int code() {
            return 10;
        }
    }

    /** Looks for the actor of the former id of an alias: the user of that name, then the device. */
    record Alias(ActorId to, ActorId user, Cause cause) implements Message {
        @Override
        public int code() {
            return 11;
        }
    }

    /**
     * To a group: this one belongs to you, and this is what was said about you.
     *
     * @param since the fact since which the member is who it is: one that has been forgotten later is no member
     */
    record Join(ActorId to, ActorId member, long since, long atMillis, TraitRow traits, Cause cause)
            implements Message {
        @Override
        public int code() {
            return 12;
        }
    }

    /**
     * Asks the ledger to take an absorbed profile out again.
     *
     * @param isAlone whether it is just this identifier that goes, while what it had and who came with it stay
     */
    record Unmerge(ActorId to, ActorId id, boolean isAlone, Cause cause) implements ToLedger {
        @Override
        public int code() {
            return 13;
        }
    }

    /** Asks the ledger to forget the person behind an identifier. */
    record Delete(ActorId to, ActorId id, Cause cause) implements ToLedger {
        @Override
        public int code() {
            return 14;
        }
    }

    /** To a group: this one has been forgotten by a fact, and whatever it said before. */
    record Leave(ActorId to, ActorId member, long fact) implements Message {
        @Override
        public int code() {
            return 16;
        }
    }

    /** Tells the ledger that an actor is on its own again, as the fact of that number wanted. */
    record Settled(ActorId to, ActorId id, long fact) implements ToLedger {
        @Override
        public int code() {
            return 15;
        }
    }
}
