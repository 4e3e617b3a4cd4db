package io.segmentdo.identity;

import io.segmentdo.event.Event;
import io.segmentdo.event.EventType;
import io.segmentdo.event.ProfileFact;
import io.segmentdo.identity.Actor.Status;
import io.segmentdo.identity.Message.Abdicate;
import io.segmentdo.identity.Message.Alias;
import io.segmentdo.identity.Message.Answer;
import io.segmentdo.identity.Message.Belongings;
import io.segmentdo.identity.Message.Canonical;
import io.segmentdo.identity.Message.Fence;
import io.segmentdo.identity.Message.Forward;
import io.segmentdo.identity.Message.Hold;
import io.segmentdo.identity.Message.Join;
import io.segmentdo.identity.Message.Leave;
import io.segmentdo.identity.Message.Move;
import io.segmentdo.identity.Message.Parting;
import io.segmentdo.identity.Message.Propose;
import io.segmentdo.identity.Message.Reset;
import io.segmentdo.identity.Message.Restore;
import io.segmentdo.identity.Message.Settled;
import io.segmentdo.identity.Message.Surrender;
import io.segmentdo.identity.Message.ToIdentifier;
import io.segmentdo.identity.Message.Visit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What identifier actors do with what they get.
 *
 * <ul>
 *   <li>A root's members change only by what comes up their own way: a {@link Surrender} adds, a {@link Fence} takes out, in
 *       the order of that way, and every event of a member comes behind its surrender. Only {@link Reset}, which comes
 *       straight from the ledger, can overtake; what comes late is taken out by the fence behind it.
 *   <li>While something is being undone, the ledger decides nothing else about those whom it concerns. So nobody can join
 *       an actor that has yet to hear that it is on its own again, and no fence meets one that is being taken out.
 *   <li>A root that has no user yet holds all its events, in order, from the first one that names a user until that user
 *       surrenders to it, it is told to forward, or the link is refused. Everything but events is served meanwhile.
 *   <li>A forward passes everything on, a held one queues everything; both in order, so that nothing overtakes.
 * </ul>
 *
 * <p>It is one class because the cases of one protocol are read together. Pure over {@link PartitionState}.
 */
final class Actors implements Protocol {
    /** How exactly a profile knows when it was seen last; finer would write it with each event. */
    private static final long SEEN_MILLIS = 3_600_000;

    /** How many of those who were forgotten a group keeps in mind, in case that something of theirs comes late. */
    private static final int LEFT_MAX = 1000;

    private final PartitionState state;
    private final Ledger ledger;

    Actors(PartitionState state) {
        this.state = state;
        this.ledger = new Ledger(state);
    }

    /** Lets an actor of this partition take in a message. */
    @Override
    public void deliver(Message message) {
        switch (message) {
            case Message.ToLedger request -> ledger.on(request);
            case Alias alias -> alias(alias);
            case Join join -> join(join);
            case Leave leave -> leave(leave);
            case ToIdentifier toIdentifier -> {
                Actor known = state.find(message.to());
                dispatch(known == null ? state.create(message.to()) : known, toIdentifier);
            }
        }
    }

    private void dispatch(Actor actor, ToIdentifier message) {
        switch (actor.status) {
            case ROOT -> atRoot(actor, message);
            case FORWARD -> atForward(actor, message);
            case HELD -> atHeld(actor, message);
        }
    }

    private void atRoot(Actor root, ToIdentifier message) {
        switch (message) {
            case Visit visit -> visit(root, visit);
            case Forward forward -> surrender(root, forward);
            case Surrender surrender -> absorb(root, surrender);
            case Fence fence -> takeOut(root, fence);
            case Reset reset -> reset(root, reset);
            case Abdicate abdicate -> abdicate(root, abdicate);
            case Answer answer -> answered(root, answer);
            case Canonical canonical -> {
                root.addName(canonical.user(), canonical.fact());
                state.changed(root);
            }
            case Hold hold -> throw misplaced(root, hold);
            case Move move -> throw misplaced(root, move);
            case Restore restore -> throw misplaced(root, restore);
        }
    }

    private void atForward(Actor actor, ToIdentifier message) {
        if (message instanceof Answer) {
            return; // what it had asked for as a root is the new root's business
        }
        ActorId next = Objects.requireNonNull(actor.forward, "a forward leads somewhere");
        switch (message) {
            case Visit visit -> visitForward(actor, visit, next);
            case Surrender surrender -> state.send(surrender.onTo(next));
            case Fence fence -> state.send(fence.onTo(next));
            case Canonical m -> state.send(new Canonical(next, m.user(), m.fact()));
            case Hold hold -> {
                actor.status = Status.HELD;
                state.changed(actor);
                state.send(new Fence(next, actor.id, hold.members(), hold.fact(), hold.parting(), hold.cause()));
            }
            case Move move -> {
                actor.status = Status.HELD;
                actor.forward = move.target();
                state.changed(actor);
                state.send(new Fence(next, actor.id, move.members(), move.fact(), Parting.MOVES, move.cause()));
            }
            case Answer answer -> throw misplaced(actor, answer);
            case Forward forward -> throw misplaced(actor, forward);
            case Reset reset -> throw misplaced(actor, reset);
            case Abdicate abdicate -> throw misplaced(actor, abdicate);
            case Restore restore -> throw misplaced(actor, restore);
        }
    }

    /** An event of a shared device keeps the way that it took while this was a root. */
    private void visitForward(Actor actor, Visit visit, ActorId next) {
        ActorId user = visit.mentions().user();
        if (!visit.isPassed() && !actor.passedTo.isEmpty()) {
            CompiledRules rules = rulesFor(actor);
            ActorId named = user == null ? actor.lastUsers.get(visit.via()) : user;
            if (named != null && actor.passedTo.contains(named)) {
                pass(actor, visit, named, rules);
                return;
            }
            touched(actor, visit.via(), null, rules);
        }
        state.send(visit.onTo(next));
    }

    private void atHeld(Actor actor, ToIdentifier message) {
        if (message instanceof Restore restore) {
            restore(actor, restore);
        } else {
            state.enqueue(actor, message);
        }
    }

    private static IllegalStateException misplaced(Actor actor, Message message) {
        return new IllegalStateException(
                message.getClass().getSimpleName() + " at a " + actor.status + " " + actor.id.type());
    }

    // ---- events

    private void visit(Actor root, Visit visit) {
        if (!root.queue.isEmpty() || !admit(root, visit)) {
            state.enqueue(root, visit);
        }
    }

    /** Resolves an event or passes it on; false when it has to wait for its user. */
    private boolean admit(Actor root, Visit visit) {
        if (!root.isMember(visit.via())) {
            // Its actor was detached by a deletion while it was on its way: it belongs here and links nothing.
            resolve(root, visit, visit.via());
            return true;
        }
        ActorId user = visit.mentions().user();
        if (user == null) {
            if (!root.lastUsers.isEmpty()) {
                rulesFor(root); // which may say something else by now
            }
            ActorId last = root.lastUsers.get(visit.via());
            if (last != null && !visit.isPassed() && !root.isMember(last)) {
                pass(root, visit, last, rulesFor(root));
                return true;
            }
            return resolveAndLink(root, visit, visit.via());
        }
        CompiledRules rules = rulesFor(root);
        if (root.isMember(user)) {
            touched(root, visit.via(), null, rules);
            return resolveAndLink(root, visit, user);
        }
        if (isRefused(root, user, visit) || rules.isFullOfUsers(root)) {
            pass(root, visit, user, rules);
            return true;
        }
        propose(root, visit, true);
        return false;
    }

    private boolean resolveAndLink(Actor root, Visit visit, ActorId owner) {
        resolve(root, visit, owner);
        propose(root, visit, false);
        return true;
    }

    /** A shared device: the event goes to the user whom it names, or who was seen there last. */
    private void pass(Actor root, Visit visit, ActorId user, CompiledRules rules) {
        touched(root, visit.via(), user, rules);
        if (root.addPassedTo(user, state.config().refusedMax())) {
            state.changed(root);
        }
        state.send(new Visit(user, user, true, visit.event(), visit.mentions()));
    }

    /** Under last-touch: remembers whom a shared device was used by, null for one of its own people. */
    private void touched(Actor actor, ActorId device, @Nullable ActorId user, CompiledRules rules) {
        ActorId last = actor.lastUsers.get(device);
        if (!rules.isLastTouch() || Objects.equals(last, user)) {
            return;
        }
        actor.lastUsers = Actor.own(actor.lastUsers);
        if (user == null) {
            actor.lastUsers.remove(device);
        } else {
            actor.lastUsers.put(device, user);
        }
        state.changed(actor);
    }

    /** The rules of today; what was refused under others is forgotten. */
    private CompiledRules rulesFor(Actor actor) {
        CompiledRules rules = state.rules(actor.id.workspace());
        if (actor.rulesVersion != rules.version()) {
            if (!actor.refused.isEmpty() || !actor.passedTo.isEmpty()) {
                actor.refused = Map.of();
                actor.passedTo = Set.of();
                actor.lastUsers = Map.of();
                state.changed(actor);
            }
            actor.rulesVersion = rules.version();
        }
        return rules;
    }

    private static boolean isRefused(Actor root, ActorId id, Visit visit) {
        return root.isRefused(id, visit.event().receivedAtMillis());
    }

    /** Asks the ledger, once, to link what an event shows beside its root. */
    private void propose(Actor root, Visit visit, boolean withUser) {
        Mentions mentions = visit.mentions();
        List<ActorId> unknown = List.of();
        if (withUser && mentions.user() != null) {
            unknown = addUnknown(root, mentions.user(), visit, unknown);
        }
        if (mentions.device() != null && !visit.isPassed()) {
            unknown = addUnknown(root, mentions.device(), visit, unknown);
        }
        if (!mentions.others().isEmpty()) {
            rulesFor(root);
            for (ActorId other : mentions.others()) {
                unknown = addUnknown(root, other, visit, unknown);
            }
        }
        if (!unknown.isEmpty()) {
            root.addPending(unknown);
            state.changed(root);
            state.send(new Propose(
                    ActorId.ledger(root.id.workspace()),
                    root.id,
                    visit.via(),
                    unknown,
                    false,
                    Cause.of(visit.event())));
        }
    }

    private static List<ActorId> addUnknown(Actor root, ActorId id, Visit visit, List<ActorId> unknown) {
        if (root.isMember(id) || root.pending.contains(id) || isRefused(root, id, visit)) {
            return unknown;
        }
        List<ActorId> more = unknown.isEmpty() ? new ArrayList<>() : unknown;
        more.add(id);
        return more;
    }

    private void resolve(Actor root, Visit visit, ActorId owner) {
        Event event = visit.event();
        Cause cause = Cause.of(event);
        see(root, cause);
        announceCreated(root, cause);
        if (event.type() == EventType.IDENTIFY && root.isMember(owner)) {
            addTraits(root, owner, TraitReader.read(event));
        }
        if (event.type() == EventType.GROUP && event.groupId() != null && root.isMember(owner)) {
            joinGroup(root, owner, event, cause);
        }
        if (event.type() == EventType.ALIAS && root.isMember(visit.via())) {
            followAlias(root, visit, cause);
        }
        state.identified(root.profileId(), withGroup(root, event));
    }

    private void see(Actor root, Cause cause) {
        if (root.firstMessageId.isEmpty()) {
            root.firstMessageId = cause.messageId();
            root.firstSource = cause.source();
            root.firstSeenMillis = cause.atMillis();
        } else if (cause.atMillis() - root.lastSeenMillis <= SEEN_MILLIS) {
            return;
        }
        root.lastMessageId = cause.messageId();
        root.lastSource = cause.source();
        root.lastSeenMillis = Math.max(root.lastSeenMillis, cause.atMillis());
        state.changed(root);
    }

    private void announceCreated(Actor root, Cause cause) {
        if (!root.exists) {
            root.exists = true;
            state.changed(root);
            state.announce(ProfileFact.Kind.CREATED, root, null, cause, 0, -1, 0);
        }
    }

    private void addTraits(Actor root, ActorId owner, TraitRow said) {
        if (!said.isEmpty()) {
            TraitRow row = state.traits(root, owner).copy();
            state.droppedTraits(row.merge(said, state.config().traitsMax()));
            state.putTraits(root, owner, row);
        }
    }

    private void joinGroup(Actor root, ActorId owner, Event event, Cause cause) {
        String groupId = Objects.requireNonNull(event.groupId());
        if (!state.rules(root.id.workspace()).allows(groupId)) {
            return;
        }
        long at = Math.min(event.timestampMillis(), event.receivedAtMillis());
        root.addGroup(owner, Membership.of(groupId, at, event.messageId()));
        state.changed(root);
        ActorId group = ActorId.group(root.id.workspace(), groupId);
        state.send(new Join(group, owner, root.since(owner), at, TraitReader.read(event), cause));
    }

    private static Event withGroup(Actor root, Event event) {
        if (root.groups.isEmpty() || event.type() == EventType.GROUP) {
            return event;
        }
        Membership group = root.group();
        return group == null ? event : GroupContext.add(event, group.groupId());
    }

    private void followAlias(Actor root, Visit visit, Cause cause) {
        ActorId user = visit.mentions().user();
        String previous = visit.event().previousId();
        if (user != null
                && previous != null
                && !previous.equals(user.value())
                && root.isMember(user)
                && state.rules(user.workspace()).allows(ActorId.USER, previous)) {
            Cause alias = cause.by(Cause.ALIAS);
            state.send(new Alias(ActorId.of(user.workspace(), ActorId.USER, previous), user, alias));
        }
    }

    /** The former id may be a user or a device: the one that is known, else a user. */
    private void alias(Alias alias) {
        ActorId former = alias.to();
        boolean isUser = former.is(ActorId.USER);
        if (state.find(former) != null) {
            proposeAlias(alias, former);
        } else if (isUser) {
            state.send(new Alias(former.as(ActorId.ANONYMOUS), alias.user(), alias.cause()));
        } else {
            proposeAlias(alias, former.as(ActorId.USER));
        }
    }

    private void proposeAlias(Alias alias, ActorId former) {
        ActorId user = alias.user();
        state.send(new Propose(ActorId.ledger(user.workspace()), user, user, List.of(former), true, alias.cause()));
    }

    private void join(Join join) {
        Actor known = state.find(join.to());
        Actor group = known == null ? state.create(join.to()) : known;
        see(group, join.cause());
        boolean isForgotten = join.since() < group.left.getOrDefault(join.member(), 0L);
        boolean hasRoom = group.members.size() < state.config().groupMembersMax() || group.isMember(join.member());
        if (!isForgotten && hasRoom) {
            group.addMember(join.member(), join.atMillis());
            state.changed(group);
        }
        addTraits(group, group.id, join.traits());
    }

    private void leave(Leave leave) {
        Actor known = state.find(leave.to());
        Actor group = known == null ? state.create(leave.to()) : known;
        group.removeMembers(List.of(leave.member()));
        group.addLeft(leave.member(), leave.fact(), LEFT_MAX);
        state.changed(group);
    }

    /** Forgets some members of a person in the groups where they are. */
    private void leaveGroups(Actor root, List<ActorId> members, long fact) {
        for (ActorId member : members) {
            Membership groups = root.groups.get(member);
            if (groups != null) {
                groups.all()
                        .forEach(group ->
                                state.send(new Leave(ActorId.group(root.id.workspace(), group), member, fact)));
            }
        }
    }

    // ---- links

    /** Serves the events that were waiting, as far as they need not wait any longer. */
    private void reconsider(Actor root) {
        if (root.queue.peekFirst() instanceof Visit first && !isWaiting(root, first)) {
            redeliver(root);
        }
    }

    private boolean isWaiting(Actor root, Visit visit) {
        ActorId user = visit.mentions().user();
        return user != null && root.isMember(visit.via()) && root.pending.contains(user) && !root.isMember(user);
    }

    private void redeliver(Actor actor) {
        for (ToIdentifier message : state.takeQueue(actor)) {
            dispatch(actor, message);
        }
    }

    private void answered(Actor root, Answer answer) {
        rulesFor(root);
        root.removePending(answer.refused().keySet());
        answer.refused().forEach((id, refusal) -> {
            if (!root.isMember(id) && !refusal.isForOneEvent()) {
                root.addRefused(id, refusal, state.config().refusedMax());
            }
        });
        state.changed(root);
        reconsider(root);
    }

    /** Becomes a part of another: everything that it has goes first, then the events that were waiting. */
    private void surrender(Actor actor, Forward forward) {
        rulesFor(actor);
        state.send(new Surrender(
                forward.winner(),
                actor.id,
                false,
                forward.fact(),
                belongings(actor, actor.allMembers(), forward.fact()),
                actor.rulesVersion,
                Map.copyOf(actor.refused),
                actor.exists ? actor.profileId() : null,
                state.number(),
                state.outboxTail(),
                forward.cause()));
        actor.allMembers().forEach(member -> state.putTraits(actor, member, new TraitRow()));
        actor.status = Status.FORWARD;
        actor.forward = forward.winner();
        actor.forwardFact = forward.fact();
        actor.members = Map.of();
        actor.refused = Map.of();
        actor.pending = Set.of();
        actor.groups = Map.of();
        actor.names = Map.of();
        actor.bonds = Set.of();
        state.changed(actor);
        redeliver(actor);
    }

    /** What came by some members; the root itself joins by a fact, the others have joined before. */
    private Belongings belongings(Actor root, List<ActorId> members, long fact) {
        Map<ActorId, Long> since = new LinkedHashMap<>();
        Map<ActorId, TraitRow> rows = new LinkedHashMap<>();
        Map<ActorId, Membership> groups = new LinkedHashMap<>();
        Map<ActorId, Long> names = new LinkedHashMap<>(root.names);
        names.keySet().retainAll(members);
        for (ActorId member : members) {
            since.put(member, root.members.getOrDefault(member, fact));
            TraitRow row = state.traits(root, member);
            if (!row.isEmpty()) {
                rows.put(member, row.copy());
            }
            Membership group = root.groups.get(member);
            if (group != null) {
                groups.put(member, group);
            }
        }
        return new Belongings(since, rows, groups, names, root.bonds);
    }

    private void absorb(Actor root, Surrender surrender) {
        Belongings belongings = surrender.belongings();
        belongings.members().forEach(root::addMember);
        root.removePending(belongings.members().keySet());
        takeRefused(root, surrender);
        take(root, belongings);
        state.changed(root);
        if (surrender.profileId() != null) {
            announceCreated(root, surrender.cause());
            state.announce(
                    ProfileFact.Kind.MERGED,
                    root,
                    surrender.profileId(),
                    surrender.cause(),
                    surrender.fact(),
                    surrender.partition(),
                    surrender.position());
        }
        if (belongings.members().isEmpty()) {
            belongings.groups().values().forEach(groups -> joinGroups(root, groups, surrender.cause()));
            settled(surrender.from(), surrender.fact());
        }
        reconsider(root);
    }

    private void takeRefused(Actor root, Surrender surrender) {
        rulesFor(root);
        if (surrender.rulesVersion() == root.rulesVersion) {
            surrender
                    .refused()
                    .forEach((id, refusal) ->
                            root.addRefused(id, refusal, state.config().refusedMax()));
        }
        if (!root.refused.isEmpty()) {
            root.refused = Actor.own(root.refused);
            root.refused.keySet().removeIf(root::isMember);
        }
    }

    private void take(Actor root, Belongings belongings) {
        belongings.traits().forEach((member, row) -> {
            TraitRow merged = state.traits(root, member).copy();
            state.droppedTraits(merged.merge(row, state.config().traitsMax()));
            state.putTraits(root, member, merged);
        });
        belongings.groups().forEach(root::addGroup);
        belongings.names().forEach(root::addName);
        root.addBonds(belongings.bonds());
    }

    // ---- undoing links

    private void takeOut(Actor root, Fence fence) {
        List<ActorId> leaving = new ArrayList<>();
        for (ActorId member : fence.members()) {
            Long since = root.members.get(member);
            if (since != null && since < fence.fact()) {
                leaving.add(member);
            }
        }
        Belongings theirs = Belongings.NOTHING;
        switch (fence.parting()) {
            case TAKES_ITS_OWN, MOVES -> theirs = belongings(root, leaving, 0);
            case IS_FORGOTTEN -> leaveGroups(root, leaving, fence.fact());
            case LEAVES_IT_BEHIND -> {
                root.addBonds(leaving.stream().map(root::since).toList());
                inherit(root, leaving, fence.cause());
                leaveGroups(root, leaving, fence.fact());
            }
        }
        drop(root, leaving);
        if (fence.parting() == Parting.TAKES_ITS_OWN && root.exists) {
            state.announce(ProfileFact.Kind.RECOMPUTED, root, null, fence.cause(), fence.fact(), -1, 0);
        }
        state.send(new Restore(
                fence.from(),
                theirs,
                fence.parting(),
                root.profileId(),
                fence.fact(),
                state.number(),
                state.outboxTail(),
                fence.cause()));
        reconsider(root);
    }

    /** Takes over, as if it had come by the root itself, what came by members that go. */
    private void inherit(Actor root, List<ActorId> leaving, Cause cause) {
        for (ActorId member : leaving) {
            addTraits(root, root.id, state.traits(root, member));
            Membership groups = root.groups.get(member);
            if (groups != null) {
                root.addGroup(root.id, groups);
                joinGroups(root, groups, cause);
            }
        }
    }

    /** Is a member, by the root itself, of what somebody was who has gone. */
    private void joinGroups(Actor root, Membership groups, Cause cause) {
        for (String group : groups.all()) {
            ActorId to = ActorId.group(root.id.workspace(), group);
            state.send(new Join(to, root.id, root.since(root.id), groups.atMillis(), new TraitRow(), cause));
        }
    }

    private void drop(Actor root, List<ActorId> leaving) {
        leaving.forEach(member -> state.putTraits(root, member, new TraitRow()));
        root.removeMembers(leaving);
        // what was asked for one that leaves is decided without this root, so nothing may wait for it here
        root.pending = Set.of();
        if (!root.groups.isEmpty()) {
            root.groups = Actor.own(root.groups);
            root.groups.keySet().removeAll(leaving);
        }
        if (!root.lastUsers.isEmpty()) {
            root.lastUsers = Actor.own(root.lastUsers);
            root.lastUsers.keySet().removeAll(leaving);
        }
        if (!root.names.isEmpty()) {
            root.names = Actor.own(root.names);
            root.names.keySet().removeAll(leaving);
        }
        // without those that leave, what was refused may be possible
        root.refused = Map.of();
        state.changed(root);
    }

    private void restore(Actor actor, Restore restore) {
        if (restore.parting() == Parting.MOVES) {
            moved(actor, restore);
            return;
        }
        actor.status = Status.ROOT;
        actor.forward = null;
        actor.passedTo = Set.of();
        actor.lastUsers = Map.of();
        restore.belongings().members().forEach(actor::addMember);
        take(actor, restore.belongings());
        if (restore.cause().rule().equals(Cause.DETACH)) {
            Long since = restore.belongings().members().get(actor.id);
            actor.addBonds(since == null ? List.of() : List.of(since));
        }
        if (restore.parting() == Parting.TAKES_ITS_OWN) {
            announceCreated(actor, restore.cause());
            state.announce(
                    ProfileFact.Kind.UNMERGED,
                    actor,
                    restore.formerProfileId(),
                    restore.cause(),
                    restore.fact(),
                    restore.partition(),
                    restore.position());
        } else {
            actor.beginNextLife(restore.fact());
            actor.forgetSeen();
        }
        state.changed(actor);
        redeliver(actor);
        settled(actor.id, restore.fact());
    }

    /** Is a part of the same person by another way: what was given back goes there, then the events that were waiting. */
    private void moved(Actor actor, Restore restore) {
        actor.status = Status.FORWARD;
        state.send(new Surrender(
                Objects.requireNonNull(actor.forward, "who moves knows where to"),
                actor.id,
                false,
                restore.fact(),
                restore.belongings(),
                actor.rulesVersion,
                Map.of(),
                null,
                restore.partition(),
                restore.position(),
                restore.cause()));
        state.changed(actor);
        redeliver(actor);
        settled(actor.id, restore.fact());
    }

    private void settled(ActorId id, long fact) {
        state.send(new Settled(ActorId.ledger(id.workspace()), id, fact));
    }

    /** Leaves what it has to its heir, who says that it has arrived, and begins again as nobody's. */
    private void abdicate(Actor root, Abdicate word) {
        if (!root.members.isEmpty()) {
            throw new IllegalStateException("a root is taken away that others belong to");
        }
        List<ActorId> own = List.of(root.id);
        TraitRow row = state.traits(root, root.id).copy();
        Membership groups = root.groups.get(root.id);
        state.send(new Surrender(
                word.heir(),
                root.id,
                false,
                word.fact(),
                new Belongings(
                        Map.of(),
                        row.isEmpty() ? Map.of() : Map.of(word.heir(), row),
                        groups == null ? Map.of() : Map.of(word.heir(), groups),
                        Map.of(),
                        root.bonds),
                root.rulesVersion,
                Map.of(),
                root.exists ? root.profileId() : null,
                state.number(),
                state.outboxTail(),
                word.cause()));
        leaveGroups(root, own, word.fact());
        beginAgain(root, own, word.fact());
    }

    private void reset(Actor root, Reset reset) {
        if (root.exists) {
            state.announce(ProfileFact.Kind.DELETED, root, null, reset.cause(), reset.fact(), -1, 0);
        }
        List<ActorId> leaving = new ArrayList<>(List.of(root.id));
        for (ActorId member : reset.members()) {
            Long since = root.members.get(member);
            if (since != null && since < reset.fact()) {
                leaving.add(member);
            }
        }
        leaveGroups(root, leaving, reset.fact());
        beginAgain(root, leaving, reset.fact());
        settled(root.id, reset.fact());
    }

    private void beginAgain(Actor root, List<ActorId> leaving, long fact) {
        drop(root, leaving);
        root.beginNextLife(fact);
        root.passedTo = Set.of();
        root.lastUsers = Map.of();
        root.bonds = Set.of();
        root.forgetSeen();
        state.changed(root);
        reconsider(root);
    }
}
