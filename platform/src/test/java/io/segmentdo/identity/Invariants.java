package io.segmentdo.identity;

import io.segmentdo.event.Event;
import io.segmentdo.event.EventType;
import io.segmentdo.event.IdentifiedEvent;
import io.segmentdo.event.OutboxEntry;
import io.segmentdo.event.ProfileFact;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** What must hold in a world that has come to rest; throws an {@link AssertionError} that says what does not. */
final class Invariants {
    private static final int USERS = 3;

    private final World world;
    private final StoredState state;
    private final CompiledRules rules;
    private final List<IdentifiedEvent> events = new ArrayList<>();
    private final List<ProfileFact> facts = new ArrayList<>();

    private Invariants(World world) {
        this.world = world;
        this.state = StoredState.read(world.disk);
        this.rules = new CompiledRules(world.rules);
        for (OutboxEntry entry : world.log.committed) {
            switch (entry) {
                case IdentifiedEvent event -> events.add(event);
                case ProfileFact fact -> facts.add(fact);
            }
        }
    }

    static void check(World world) {
        Invariants invariants = new Invariants(world);
        invariants.everyEventOnce();
        invariants.nothingWaits();
        invariants.actorsAgreeWithTheLedger();
        LedgerReplay.check(invariants.state, invariants.rules);
        StepInvariants.check(world.disk, invariants.state);
        if (world.isWatched) {
            invariants.aDryRunOfTheSameRulesChangesNothing();
        }
        invariants.apartNamesWhatExists();
        invariants.factsOnce();
        invariants.noEventIsNobodys();
        invariants.orderHolds();
        invariants.nobodyIsInAGroupWithoutKnowing();
        if (!world.isFaulty) {
            invariants.askedOnce();
        }
        if (world.flavour != World.Flavour.EVERYTHING) {
            invariants.nothingMoreCouldBeJoined();
            invariants.factsLeadToTheProfile();
        }
        if (world.flavour != World.Flavour.EVERYTHING && world.flavour != World.Flavour.LAST_TOUCH) {
            invariants.profilesAreTheLastValues();
            invariants.groupsHaveTheirMembers();
        }
        if (world.flavour == World.Flavour.NO_LIMITS) {
            invariants.componentsAreThoseOfThePairs();
        }
        if (!world.flavour.hasAliases()) {
            invariants.limitsHold();
        }
    }

    static void require(boolean holds, Object... what) {
        if (!holds) {
            throw new AssertionError(String.join(
                    " ", java.util.Arrays.stream(what).map(String::valueOf).toList()));
        }
    }

    /** Who said that they belong to a group is in it, under one of their identifiers. */
    private void groupsHaveTheirMembers() {
        for (Event event : world.accepted) {
            if (event.groupId() != null) {
                Actor group = state.groups.get(ActorId.group(Events.WORKSPACE, event.groupId()));
                require(
                        group != null
                                && group.members.keySet().stream()
                                        .anyMatch(member -> state.root(member).equals(rootOf(event))),
                        "no member of group",
                        event.groupId(),
                        "by",
                        event.messageId());
            }
        }
    }

    /** Who has been forgotten is not in a group again because of something that was said before. */
    private void nobodyIsInAGroupWithoutKnowing() {
        state.groups.forEach((group, actor) -> actor.members.keySet().forEach(member -> {
            Membership known = state.actors.get(state.root(member)).groups.get(member);
            require(known != null && known.all().contains(group.value()), "a forgotten member", member, "of", group);
        }));
    }

    private void everyEventOnce() {
        Map<String, Integer> counts = new HashMap<>();
        events.forEach(entry -> counts.merge(entry.event().messageId(), 1, Integer::sum));
        for (Event event : world.accepted) {
            require(
                    counts.getOrDefault(event.messageId(), 0) == 1,
                    "I5",
                    event.messageId(),
                    "is in the outbox",
                    counts.get(event.messageId()),
                    "times");
        }
        require(counts.size() == world.accepted.size(), "I5 events from nowhere");
        require(state.deadLetters == 0, "I5 dead letters", state.deadLetters);
    }

    private void nothingWaits() {
        require(state.queued.isEmpty(), "I6 queued", state.queued);
        require(
                state.inChannels.isEmpty(),
                "I6 in channels",
                state.inChannels.stream()
                        .map(m -> m.from() + ">" + m.to() + " " + m.number() + " " + MessageCodec.decode(m.body()))
                        .toList());
        for (Actor actor : state.actors.values()) {
            require(actor.status != Actor.Status.HELD, "I6", actor.id, "is held");
            require(actor.pending.isEmpty(), "I6", actor.id, "still waits for", actor.pending);
        }
        state.nodes.values().forEach(node -> require(node.undoing.isEmpty(), "I6 undoing", node.id, node.undoing));
    }

    private void actorsAgreeWithTheLedger() {
        Map<ActorId, Set<ActorId>> byRoot = new TreeMap<>();
        for (ActorId id : state.actors.keySet()) {
            byRoot.computeIfAbsent(state.root(id), key -> new TreeSet<>()).add(id);
        }
        byRoot.forEach((rootId, reached) -> {
            Actor root = state.actors.get(rootId);
            require(
                    new TreeSet<>(root.allMembers()).equals(reached),
                    "I7",
                    rootId,
                    "has",
                    root.allMembers(),
                    "reached by",
                    reached);
            LedgerNode node = state.nodes.get(rootId);
            Set<ActorId> inLedger = node == null || node.members.isEmpty() ? Set.of(rootId) : node.members.keySet();
            require(new TreeSet<>(inLedger).equals(reached), "I7 the ledger says", inLedger, "actors say", reached);
            require(node == null || node.parent == null, "I7 the ledger has a parent for root", rootId);
        });
        state.nodes.keySet().forEach(id -> require(state.actors.containsKey(id), "I7 no actor for", id));
        state.rows.forEach((rootId, rows) -> require(
                rootId.is(ActorId.GROUP)
                        || (state.actors.get(rootId).status == Actor.Status.ROOT
                                && rows.keySet().stream().allMatch(state.actors.get(rootId)::isMember)),
                "I7 traits of strangers at",
                rootId,
                rows.keySet()));
    }

    private void aDryRunOfTheSameRulesChangesNothing() {
        DryRun dryRun = new DryRun(Events.WORKSPACE, world.rules);
        dryRun.take(state.facts);
        for (Set<ActorId> person : dryRun.personsNow()) {
            ActorId any = person.iterator().next();
            Set<ActorId> real = state.actors.containsKey(any)
                    ? new TreeSet<>(state.actors.get(state.root(any)).allMembers())
                    : Set.of(any);
            require(real.equals(person), "dry run: recorded as", person, "but it is", real);
        }
        require(
                dryRun.difference(1).affected() == 0 || world.flavour == World.Flavour.EVERYTHING,
                "dry run: not as before",
                dryRun.difference(1));
    }

    private void apartNamesWhatExists() {
        state.nodes
                .values()
                .forEach(node -> node.apart.forEach(pair -> require(
                        state.nodes.containsKey(pair.mine()) && state.nodes.containsKey(pair.other()), "I10", pair)));
    }

    private void factsOnce() {
        Set<String> merges = new HashSet<>();
        Set<String> created = new HashSet<>();
        for (ProfileFact fact : facts) {
            if (fact.kind() == ProfileFact.Kind.CREATED) {
                require(created.add(fact.profileId()), "I11 created twice", fact);
            } else {
                require(
                        merges.add(fact.kind() + fact.profileId() + fact.otherId() + fact.ledgerFact()),
                        "I11 twice",
                        fact);
            }
        }
    }

    /**
     * A link is not asked for again by every event that shows it. Again it may be after an undo, and when it was left out
     * of an event because of a third identifier, which then is known.
     */
    private void askedOnce() {
        long reasons = state.facts.stream()
                .filter(fact -> isUndo(fact) || fact.rule().equals("alias"))
                .count();
        world.asked()
                .forEach((question, times) -> require(times <= 1 + USERS + reasons, "I8", question, times, "times"));
    }

    private static boolean isUndo(Fact fact) {
        return fact.kind() == Fact.Kind.UNMERGED || fact.kind() == Fact.Kind.DELETED;
    }

    private void nothingMoreCouldBeJoined() {
        for (Event event : world.accepted) {
            List<ActorId> shown = shown(event);
            for (ActorId left : shown) {
                for (ActorId right : shown) {
                    ActorId leftRoot = state.root(left);
                    ActorId rightRoot = state.root(right);
                    require(
                            leftRoot.equals(rightRoot) || refuses(leftRoot, rightRoot),
                            "O2",
                            left,
                            "and",
                            right,
                            "were seen together and stay apart without a reason, in",
                            event.messageId());
                }
            }
        }
    }

    private List<ActorId> shown(Event event) {
        Mentions mentions = rules.mentionReader().read(event, Partitions.firstStop(event));
        List<ActorId> shown = new ArrayList<>(mentions.others());
        if (mentions.user() != null) {
            shown.add(mentions.user());
        }
        if (mentions.device() != null) {
            shown.add(mentions.device());
        }
        ActorId device = mentions.device();
        if (world.flavour == World.Flavour.LAST_TOUCH && mentions.user() == null) {
            shown.remove(device); // the event may belong to the user seen on it last, and so do the others
        }
        if (mentions.user() != null && device != null && !state.root(device).equals(state.root(mentions.user()))) {
            require(
                    refuses(state.root(device), state.root(mentions.user())),
                    "O2",
                    device,
                    "and",
                    mentions.user(),
                    "apart");
            shown.remove(device); // of the two the device is left out, and the rest belongs to the user
        }
        shown.removeIf(id -> !state.actors.containsKey(id)); // shown, refused and never seen alone
        return shown;
    }

    private boolean refuses(ActorId left, ActorId right) {
        return rules.refusal(members(left), members(right), false, 0) != null;
    }

    private Map<ActorId, Long> members(ActorId root) {
        Map<ActorId, Long> members = new HashMap<>();
        state.actors.get(root).allMembers().forEach(member -> members.put(member, 0L));
        return members;
    }

    private ActorId rootOf(Event event) {
        Mentions mentions = rules.mentionReader().read(event, Partitions.firstStop(event));
        return state.root(mentions.user() == null ? Objects.requireNonNull(mentions.device()) : mentions.user());
    }

    private void profilesAreTheLastValues() {
        Map<ActorId, TraitRow> expected = new HashMap<>();
        for (Event event : world.accepted) {
            if (event.type() == EventType.IDENTIFY) {
                expected.computeIfAbsent(rootOf(event), key -> new TraitRow())
                        .merge(TraitReader.read(event), Integer.MAX_VALUE);
            }
        }
        for (ActorId id : state.actors.keySet()) {
            if (state.root(id).equals(id)) {
                TraitRow row = expected.getOrDefault(id, new TraitRow());
                require(
                        state.traits(id).equals(row.values()),
                        "O3 traits of",
                        id,
                        state.traits(id).keySet(),
                        row.values().keySet());
            }
        }
    }

    private Map<String, String> survivors() {
        Map<String, String> survivors = new HashMap<>();
        for (ProfileFact fact : facts) {
            if (fact.kind() == ProfileFact.Kind.MERGED) {
                survivors.put(fact.otherId(), fact.profileId());
            }
        }
        return survivors;
    }

    private static String survivor(Map<String, String> survivors, String profile) {
        String last = profile;
        while (survivors.containsKey(last)) {
            last = survivors.get(last);
        }
        return last;
    }

    /** Whoever follows the facts finds each event at a profile that there is, or that somebody has deleted. */
    private void noEventIsNobodys() {
        Set<String> known = new HashSet<>();
        state.actors.values().stream()
                .filter(actor -> actor.status == Actor.Status.ROOT)
                .forEach(root -> known.add(root.profileId()));
        Map<String, String> survivors = new HashMap<>();
        facts.stream().sorted(Comparator.comparingLong(ProfileFact::ledgerFact)).forEach(fact -> {
            switch (fact.kind()) {
                case MERGED -> survivors.put(fact.otherId(), fact.profileId());
                case UNMERGED -> survivors.remove(fact.profileId());
                case DELETED -> known.add(fact.profileId());
                case CREATED, RECOMPUTED -> {
                    // nothing of theirs is another's
                }
            }
        });
        for (IdentifiedEvent entry : events) {
            require(
                    known.contains(survivor(survivors, entry.profileId())),
                    "I12",
                    entry.event().messageId(),
                    "belongs to a profile that is nobody's");
        }
    }

    /** Whoever follows the merge facts finds each event at the profile to which its identifiers belong. */
    private void factsLeadToTheProfile() {
        Map<String, String> survivors = survivors();
        for (IdentifiedEvent entry : events) {
            Event event = entry.event();
            String found = survivor(survivors, entry.profileId());
            boolean mayBeAnothers = world.flavour == World.Flavour.LAST_TOUCH && event.userId() == null;
            require(
                    found.equals(state.actors.get(rootOf(event)).profileId()) || mayBeAnothers,
                    "I11 the facts lead",
                    event.messageId(),
                    "elsewhere");
        }
    }

    private void componentsAreThoseOfThePairs() {
        Map<ActorId, Set<ActorId>> plain = new HashMap<>();
        for (Event event : world.accepted) {
            List<ActorId> shown = shown(event);
            Set<ActorId> all = new TreeSet<>(shown);
            shown.forEach(id -> all.addAll(plain.getOrDefault(id, Set.of())));
            all.forEach(id -> plain.put(id, all));
        }
        plain.forEach((id, all) -> require(
                new TreeSet<>(state.actors.get(state.root(id)).allMembers()).equals(all), "O3 component of", id, all));
    }

    private void limitsHold() {
        for (Actor actor : state.actors.values()) {
            if (actor.status == Actor.Status.ROOT) {
                for (String type : List.of(ActorId.USER, ActorId.ANONYMOUS, "email")) {
                    require(actor.count(type) <= rules.limit(type), "I3", actor.id, "has", actor.allMembers());
                }
            }
        }
    }

    /**
     * Promise 4, with its exception (F4): users who were aliased or taken apart after they had been seen on one device may
     * have events under way on two roads.
     */
    private void orderHolds() {
        Map<String, Integer> places = new HashMap<>();
        for (Event event : world.accepted) {
            places.put(event.messageId(), places.size());
        }
        Map<String, String> survivors = survivors();
        Set<ActorId> excepted = aliasedOrUndone();
        Map<String, Integer> last = new HashMap<>();
        for (IdentifiedEvent entry : events) {
            Event event = entry.event();
            if (shows(event).stream().noneMatch(excepted::contains)) {
                String way = event.source() + Partitions.firstStop(event) + survivor(survivors, entry.profileId());
                int place = places.get(event.messageId());
                require(last.getOrDefault(way, -1) < place, "I9", event.messageId(), "comes late on", way);
                last.put(way, place);
            }
        }
    }

    private List<ActorId> shows(Event event) {
        Mentions mentions = rules.mentionReader().read(event, Partitions.firstStop(event));
        List<ActorId> shows = new ArrayList<>(mentions.others());
        shows.add(mentions.user() == null ? Objects.requireNonNull(mentions.device()) : mentions.user());
        if (mentions.device() != null) {
            shows.add(mentions.device());
        }
        return shows;
    }

    /** All who were ever one person with somebody whom an alias joined, an unmerge took out or a deletion forgot. */
    private Set<ActorId> aliasedOrUndone() {
        Map<ActorId, Set<ActorId>> everJoined = new HashMap<>();
        Set<ActorId> touched = new HashSet<>();
        for (Fact fact : state.facts) {
            if (fact.kind() == Fact.Kind.JOINED) {
                Set<ActorId> all = new TreeSet<>(Set.of(fact.left(), fact.right()));
                all.addAll(everJoined.getOrDefault(fact.left(), Set.of()));
                all.addAll(everJoined.getOrDefault(fact.right(), Set.of()));
                all.forEach(id -> everJoined.put(id, all));
            }
            if (isUndo(fact) || fact.rule().equals("alias")) {
                touched.add(fact.left());
                touched.add(fact.right());
            }
        }
        Set<ActorId> excepted = new HashSet<>(touched);
        touched.forEach(id -> excepted.addAll(everJoined.getOrDefault(id, Set.of())));
        return excepted;
    }
}
