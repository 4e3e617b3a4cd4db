package io.segmentdo.identity;

import io.segmentdo.event.FrameReader;
import io.segmentdo.event.FrameWriter;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The state of one identifier, or of one group.
 *
 * <p>A root is a profile: it knows its members, each with the fact by which it joined. A forward is a part of another and
 * passes everything on. One that is held waits to be taken out of a profile and queues everything. Only its partition's
 * lane touches it; the protocol changes it in place and says so to the partition.
 */
final class Actor {
    /** What an actor does with what it gets. */
    enum Status {
        ROOT,
        FORWARD,
        HELD
    }

    private static final int VERSION = 4;
    private static final int BONDS_MAX = 1000;

    /** The place of a status is its code on disk: append only. */
    private static final List<Status> CODES = List.of(Status.ROOT, Status.FORWARD, Status.HELD);

    final ActorId id;
    Status status = Status.ROOT;

    /** Counts the lives of the profile: a deleted one comes back under another public id. */
    int generation;

    /** The fact that began its life, 0 for the first one: what was said before it counts no more. */
    long lifeFact;

    /** Whether the profile has been announced, which its first event does. */
    boolean exists;

    /** Where a forward leads, and since which fact. */
    @Nullable
    ActorId forward;

    long forwardFact;

    /** Members by the fact through which they joined; the actor itself is one by nature and not listed. */
    Map<ActorId, Long> members = Map.of();

    /** Of a group: those who were forgotten, each with the fact, so that what they said before is not taken up late. */
    Map<ActorId, Long> left = Map.of();

    /** Links that the ledger refused, with the reason, under the rules of {@link #rulesVersion}. */
    Map<ActorId, Refusal> refused = Map.of();

    long rulesVersion;

    /**
     * Users of a shared device to whom events were passed on from here. They keep this way when the actor becomes a
     * forward: on a longer one they would be overtaken.
     */
    Set<ActorId> passedTo = Set.of();

    /** What the ledger has been asked and has not brought about or refused yet. */
    Set<ActorId> pending = Set.of();

    /** The accounts that each member named. */
    Map<ActorId, Membership> groups = Map.of();

    /** Under last-touch: the user seen last on a device that others share. */
    Map<ActorId, ActorId> lastUsers = Map.of();

    /** User ids that an alias made the one to show, each with the fact that did. */
    Map<ActorId, Long> names = Map.of();

    /**
     * Facts by which identifiers that were taken away once held members together, so that the answer why these are one person
     * is complete. Too many do no harm.
     */
    Set<Long> bonds = Set.of();

    long firstSeenMillis;
    long lastSeenMillis;
    String firstMessageId = "";
    String firstSource = "";
    String lastMessageId = "";
    String lastSource = "";

    /** The queue as it is stored: numbers from {@code queueFirst} up to, not including, {@code queueEnd}. */
    long queueFirst;

    long queueEnd;

    /** Where what is stored of the queue ends; beyond it is what the running batch added. */
    long queueStored;

    /** The queue itself, loaded with the actor; nearly all are empty. */
    final ArrayDeque<Message.ToIdentifier> queue = new ArrayDeque<>(0);

    /** Whether it began with the running batch, so that nothing of it is stored. */
    boolean isNew;

    private @Nullable String profileId;

    Actor(ActorId id) {
        this.id = id;
    }

    boolean isMember(ActorId other) {
        return id.equals(other) || members.containsKey(other);
    }

    /** The public id of the profile. */
    String profileId() {
        String known = profileId;
        if (known == null) {
            known = id.profileId(generation);
            profileId = known;
        }
        return known;
    }

    /** The fact since which a member is one, or since which this has been on its own. */
    long since(ActorId member) {
        return id.equals(member) ? lifeFact : members.getOrDefault(member, 0L);
    }

    void beginNextLife(long fact) {
        generation++;
        lifeFact = fact;
        profileId = null;
        exists = false;
    }

    /** Its next event is its first one again. */
    void forgetSeen() {
        firstMessageId = "";
        firstSource = "";
        lastMessageId = "";
        lastSource = "";
        lastSeenMillis = 0;
    }

    int count(String type) {
        int count = id.is(type) ? 1 : 0;
        for (ActorId member : members.keySet()) {
            if (member.is(type)) {
                count++;
            }
        }
        return count;
    }

    List<ActorId> allMembers() {
        List<ActorId> all = new ArrayList<>(members.size() + 1);
        all.add(id);
        all.addAll(members.keySet());
        return all;
    }

    void addMember(ActorId member, long fact) {
        if (!member.equals(id)) {
            members = own(members);
            members.merge(member, fact, Math::max);
        }
    }

    void removeMembers(Collection<ActorId> gone) {
        members = own(members);
        members.keySet().removeAll(gone);
    }

    /** Remembers who left a group by which fact, and forgets the oldest beyond a bound. */
    void addLeft(ActorId member, long fact, int max) {
        left = own(left);
        left.merge(member, fact, Math::max);
        if (left.size() > max) {
            left.remove(left.keySet().iterator().next());
        }
    }

    void addGroup(ActorId owner, Membership group) {
        groups = own(groups);
        groups.merge(owner, group, Membership::with);
    }

    /** The account that the person named last. */
    @Nullable
    Membership group() {
        Membership latest = null;
        for (Membership group : groups.values()) {
            latest = latest == null || group.wins(latest) ? group : latest;
        }
        return latest;
    }

    /** The user id to show when there are several: the one that an alias named last. */
    @Nullable
    ActorId canonical() {
        return names.entrySet().stream()
                .filter(name -> isMember(name.getKey()))
                .max(Map.Entry.comparingByValue())
                .map(Map.Entry::getKey)
                .orElse(null);
    }

    void addName(ActorId user, long fact) {
        names = own(names);
        names.merge(user, fact, Math::max);
    }

    /** Remembers what held members together, and forgets the oldest beyond a bound. */
    void addBonds(Collection<Long> more) {
        if (!more.isEmpty()) {
            TreeSet<Long> all = new TreeSet<>(bonds);
            all.addAll(more);
            all.remove(0L);
            while (all.size() > BONDS_MAX) {
                all.pollFirst();
            }
            bonds = all;
        }
    }

    void addPending(Collection<ActorId> ids) {
        pending = pending instanceof LinkedHashSet<ActorId> ? pending : new LinkedHashSet<>(pending);
        pending.addAll(ids);
    }

    void removePending(Collection<ActorId> ids) {
        if (!pending.isEmpty()) {
            pending.removeAll(ids);
        }
    }

    /** Remembers a refusal and forgets the oldest beyond a bound. */
    void addRefused(ActorId other, Refusal refusal, int max) {
        refused = own(refused);
        refused.put(other, refusal);
        if (refused.size() > max) {
            refused.remove(refused.keySet().iterator().next());
        }
    }

    boolean isRefused(ActorId other, long atMillis) {
        Refusal refusal = refused.get(other);
        return refusal != null && refusal.holdsAt(atMillis);
    }

    /** Remembers to whom an event was passed on; false when that is known. Forgets the oldest beyond a bound. */
    boolean addPassedTo(ActorId user, int max) {
        if (passedTo.contains(user)) {
            return false;
        }
        passedTo = passedTo instanceof LinkedHashSet<ActorId> ? passedTo : new LinkedHashSet<>(passedTo);
        passedTo.add(user);
        if (passedTo.size() > max) {
            passedTo.remove(passedTo.iterator().next());
        }
        return true;
    }

    static <V> Map<ActorId, V> own(Map<ActorId, V> map) {
        return map instanceof LinkedHashMap<ActorId, V> ? map : new LinkedHashMap<>(map);
    }

    byte[] toBytes() {
        FrameWriter frame = new FrameWriter(96 + 48 * members.size());
        frame.putByte(VERSION)
                .putByte(CODES.indexOf(status))
                .putSize(generation)
                .putSize(lifeFact)
                .putByte(exists ? 1 : 0);
        Frames.putOptionalActor(frame, forward);
        frame.putSize(forwardFact);
        Frames.putMap(frame, members, (to, fact) -> to.putSize(fact));
        Frames.putMap(frame, left, (to, fact) -> to.putSize(fact));
        Frames.putMap(frame, refused, (to, refusal) -> refusal.write(to));
        frame.putLong(rulesVersion);
        Frames.putActors(frame, passedTo);
        Frames.putActors(frame, pending);
        Frames.putMap(frame, groups, (to, group) -> group.write(to));
        Frames.putMap(frame, lastUsers, Frames::putActor);
        Frames.putMap(frame, names, (to, fact) -> to.putSize(fact));
        Frames.putAll(frame, bonds, FrameWriter::putSize);
        frame.putLong(firstSeenMillis)
                .putLong(lastSeenMillis)
                .putString(firstMessageId)
                .putString(firstSource)
                .putString(lastMessageId)
                .putString(lastSource)
                .putSize(queueFirst)
                .putSize(queueEnd);
        return frame.toBytes();
    }

    static Actor read(ActorId id, byte[] bytes) {
        FrameReader frame = new FrameReader(bytes);
        String workspace = id.workspace();
        if (frame.readByte() != VERSION) {
            throw frame.corrupt("an actor of another version");
        }
        Actor actor = new Actor(id);
        actor.status = CODES.get(frame.readByte());
        actor.generation = (int) frame.readSize();
        actor.lifeFact = frame.readSize();
        actor.exists = frame.readByte() != 0;
        actor.forward = Frames.readOptionalActor(frame, workspace);
        actor.forwardFact = frame.readSize();
        actor.members = Frames.readMap(frame, workspace, FrameReader::readSize);
        actor.left = Frames.readMap(frame, workspace, FrameReader::readSize);
        actor.refused = Frames.readMap(frame, workspace, Refusal::read);
        actor.rulesVersion = frame.readLong();
        actor.passedTo = setOf(Frames.readActors(frame, workspace));
        actor.pending = setOf(Frames.readActors(frame, workspace));
        actor.groups = Frames.readMap(frame, workspace, Membership::read);
        actor.lastUsers = Frames.readMap(frame, workspace, from -> Frames.readActor(from, workspace));
        actor.names = Frames.readMap(frame, workspace, FrameReader::readSize);
        actor.addBonds(Frames.readAll(frame, FrameReader::readSize));
        actor.firstSeenMillis = frame.readLong();
        actor.lastSeenMillis = frame.readLong();
        actor.firstMessageId = frame.readString();
        actor.firstSource = frame.readString();
        actor.lastMessageId = frame.readString();
        actor.lastSource = frame.readString();
        actor.queueFirst = frame.readSize();
        actor.queueEnd = frame.readSize();
        actor.queueStored = actor.queueEnd;
        frame.expectEnd();
        return actor;
    }

    private static Set<ActorId> setOf(List<ActorId> ids) {
        return ids.isEmpty() ? Set.of() : new LinkedHashSet<>(ids);
    }
}
