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

    private static final int VERSION = 1;

    /** The place of a status is its code on disk: append only. */
    private static final List<Status> CODES = List.of(Status.ROOT, Status.FORWARD, Status.HELD);

    final ActorId id;
    Status status = Status.ROOT;

    /** Counts the lives of the profile: a deleted one comes back under another public id. */
    int generation;

    /** Whether the profile has been announced, which its first event does. */
    boolean exists;

    /** Where a forward leads, and since which fact. */
    @Nullable
    ActorId forward;

    long forwardFact;

    /** Members by the fact through which they joined; the actor itself is one by nature and not listed. */
    Map<ActorId, Long> members = Map.of();

    /** Links that the ledger refused, with the reason, under the rules of {@link #rulesVersion}. */
    Map<ActorId, String> refused = Map.of();

    int rulesVersion;

    /** What the ledger has been asked and has not brought about or refused yet. */
    Set<ActorId> pending = Set.of();

    /** The last account that each member named. */
    Map<ActorId, Membership> groups = Map.of();

    /** Under last-touch: the user seen last on a device that others share. */
    Map<ActorId, ActorId> lastUsers = Map.of();

    @Nullable
    ActorId canonical;

    long canonicalFact;

    long firstSeenMillis;
    long lastSeenMillis;
    String firstMessageId = "";
    String firstSource = "";

    /** The queue as it is stored: numbers from {@code queueFirst} up to, not including, {@code queueEnd}. */
    long queueFirst;

    long queueEnd;

    /** The queue itself, loaded with the actor. */
    final ArrayDeque<Message.ToIdentifier> queue = new ArrayDeque<>();

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

    void beginNextLife() {
        generation++;
        profileId = null;
        exists = false;
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

    void addGroup(ActorId owner, Membership group) {
        groups = own(groups);
        groups.merge(owner, group, Membership::later);
    }

    /** The account that the person named last. */
    @Nullable
    Membership group() {
        Membership latest = null;
        for (Membership group : groups.values()) {
            latest = latest == null ? group : Membership.later(latest, group);
        }
        return latest;
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
    void addRefused(ActorId other, String reason, int max) {
        refused = own(refused);
        refused.put(other, reason);
        if (refused.size() > max) {
            refused.remove(refused.keySet().iterator().next());
        }
    }

    static <V> Map<ActorId, V> own(Map<ActorId, V> map) {
        return map instanceof LinkedHashMap<ActorId, V> ? map : new LinkedHashMap<>(map);
    }

    byte[] toBytes() {
        FrameWriter frame = new FrameWriter(96 + 48 * members.size());
        frame.putByte(VERSION)
                .putByte(CODES.indexOf(status))
                .putSize(generation)
                .putByte(exists ? 1 : 0);
        Frames.putOptionalActor(frame, forward);
        frame.putSize(forwardFact);
        Frames.putMap(frame, members, (to, fact) -> to.putSize(fact));
        Frames.putMap(frame, refused, (to, reason) -> to.putString(reason));
        frame.putSize(rulesVersion);
        Frames.putActors(frame, pending);
        Frames.putMap(frame, groups, (to, group) -> group.write(to));
        Frames.putMap(frame, lastUsers, Frames::putActor);
        Frames.putOptionalActor(frame, canonical);
        frame.putSize(canonicalFact)
                .putLong(firstSeenMillis)
                .putLong(lastSeenMillis)
                .putString(firstMessageId)
                .putString(firstSource)
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
        actor.exists = frame.readByte() != 0;
        actor.forward = Frames.readOptionalActor(frame, workspace);
        actor.forwardFact = frame.readSize();
        actor.members = orEmpty(Frames.readMap(frame, workspace, FrameReader::readSize));
        actor.refused = orEmpty(Frames.readMap(frame, workspace, FrameReader::readString));
        actor.rulesVersion = (int) frame.readSize();
        List<ActorId> pending = Frames.readActors(frame, workspace);
        actor.pending = pending.isEmpty() ? Set.of() : new LinkedHashSet<>(pending);
        actor.groups = orEmpty(Frames.readMap(frame, workspace, Membership::read));
        actor.lastUsers = orEmpty(Frames.readMap(frame, workspace, from -> Frames.readActor(from, workspace)));
        actor.canonical = Frames.readOptionalActor(frame, workspace);
        actor.canonicalFact = frame.readSize();
        actor.firstSeenMillis = frame.readLong();
        actor.lastSeenMillis = frame.readLong();
        actor.firstMessageId = frame.readString();
        actor.firstSource = frame.readString();
        actor.queueFirst = frame.readSize();
        actor.queueEnd = frame.readSize();
        frame.expectEnd();
        return actor;
    }

    /** Most actors have none of these; an empty map of their own would cost more than the actor. */
    private static <V> Map<ActorId, V> orEmpty(Map<ActorId, V> map) {
        return map.isEmpty() ? Map.of() : map;
    }
}
