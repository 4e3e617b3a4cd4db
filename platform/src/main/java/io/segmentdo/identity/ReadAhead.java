package io.segmentdo.identity;

import io.segmentdo.event.Event;
import io.segmentdo.event.EventType;
import io.segmentdo.identity.Message.Forward;
import io.segmentdo.identity.Message.Propose;
import io.segmentdo.identity.Message.Surrender;
import io.segmentdo.identity.Message.ToIdentifier;
import io.segmentdo.identity.Message.Visit;
import io.segmentdo.store.Keyspace;
import io.segmentdo.store.PartitionStore;
import io.segmentdo.store.PartitionStore.Location;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Brings into memory what a commit will ask for, in a few questions to the store for everything instead of one for each.
 *
 * <p>Who is forgotten here is read when it is asked for, so this is about time only. Confined to its lane.
 */
final class ReadAhead {
    private record Wanted(LanePartition partition, ActorId id) {}

    private record WantedRow(LanePartition partition, Actor root, ActorId member) {}

    private final PartitionStore store;
    private final Map<Integer, LanePartition> owned;
    private final List<Wanted> actors = new ArrayList<>();
    private final List<Wanted> nodes = new ArrayList<>();
    private final List<WantedRow> rows = new ArrayList<>();

    ReadAhead(PartitionStore store, Map<Integer, LanePartition> owned) {
        this.store = store;
        this.owned = owned;
    }

    /** Reads what messages concern: the identifiers that they go to, and those that the ledger is asked to join. */
    void read(List<Arrivals.Inbound> messages) {
        for (Arrivals.Inbound inbound : messages) {
            if (inbound.message() instanceof ToIdentifier message) {
                addActor(message.to());
            } else if (inbound.message() instanceof Propose proposal) {
                addNode(proposal.witness());
                addNode(proposal.asker());
                proposal.ids().forEach(this::addNode);
            }
        }
        read();
        messages.forEach(inbound -> addTraits(inbound.message()));
        read();
    }

    /** The traits that an event changes, that a loser takes with it, or that a winner has of those who come and add to them. */
    private void addTraits(Message message) {
        if (message instanceof Visit visit) {
            addTraits(visit.to(), visit.via(), visit.event());
        } else if (message instanceof Forward forward) {
            Actor loser = inMemory(forward.to());
            addRows(loser, loser == null ? List.of() : loser.allMembers());
        } else if (message instanceof Surrender surrender) {
            Actor winner = inMemory(surrender.to());
            addRows(winner, surrender.belongings().traits().keySet());
            addRows(winner, winner == null || winner.queue.isEmpty() ? List.of() : List.of(surrender.from()));
        }
    }

    /** An identifier, if it lives in this lane. */
    void addActor(ActorId id) {
        LanePartition home = owned.get(id.partition(store.partitions()));
        if (home != null && home.records().isUnknown(id)) {
            actors.add(new Wanted(home, id));
        }
    }

    /** What the ledger knows of an identifier and of those that it leads to, if the ledger lives in this lane. */
    void addNode(ActorId id) {
        LanePartition ledger = owned.get(IdentityLane.ledgerPartition(id.workspace(), store.partitions()));
        for (ActorId next = id;
                ledger != null && next != null;
                next = ledger.records().parentInMemory(next)) {
            if (ledger.records().isUnknownNode(next)) {
                nodes.add(new Wanted(ledger, next));
                return;
            }
        }
    }

    /** What an event changes that comes from an identifier and is at one on its way, if it gets no further than the next. */
    void addTraits(ActorId at, ActorId via, Event event) {
        if (event.type() != EventType.IDENTIFY) {
            return;
        }
        Actor first = inMemory(at);
        Actor root = first == null || first.forward == null ? first : inMemory(first.forward);
        ActorId user = FirstStops.user(event);
        ActorId owner = user == null ? via : user;
        addRows(root, root != null && root.isMember(owner) ? List.of(owner) : List.of());
    }

    private void addRows(@Nullable Actor root, Collection<ActorId> members) {
        LanePartition home = root == null ? null : owned.get(root.id.partition(store.partitions()));
        for (ActorId member : members) {
            if (home != null && root != null && home.records().isUnknownRow(root, member)) {
                rows.add(new WantedRow(home, root, member));
            }
        }
    }

    private @Nullable Actor inMemory(ActorId id) {
        LanePartition home = owned.get(id.partition(store.partitions()));
        return home == null ? null : home.records().inMemory(id);
    }

    /** Reads all that was added and is not in memory. */
    void read() {
        readActors();
        readNodes();
        readRows();
    }

    private void readActors() {
        List<Wanted> wanted = taken(actors);
        List<byte @Nullable []> values = values(Keyspace.ACTOR, wanted, Keys::actor);
        for (int i = 0; i < values.size(); i++) {
            wanted.get(i).partition.records().loaded(wanted.get(i).id, values.get(i));
        }
    }

    private void readNodes() {
        while (!nodes.isEmpty()) {
            List<Wanted> level = taken(nodes);
            List<byte @Nullable []> found = values(Keyspace.LEDGER, level, Keys::node);
            for (int i = 0; i < found.size(); i++) {
                level.get(i).partition.records().loadedNode(level.get(i).id, found.get(i));
            }
            level.forEach(read -> addNode(read.id)); // where it leads
        }
    }

    private void readRows() {
        List<WantedRow> wanted = taken(rows);
        List<Location> locations = new ArrayList<>(wanted.size());
        for (WantedRow row : wanted) {
            locations.add(new Location(row.partition.number(), Keys.trait(row.root.id, row.member)));
        }
        List<byte @Nullable []> values = values(Keyspace.TRAIT, locations);
        for (int i = 0; i < values.size(); i++) {
            wanted.get(i).partition.records().loadedRow(wanted.get(i).root, wanted.get(i).member, values.get(i));
        }
    }

    private static <T> List<T> taken(List<T> wanted) {
        List<T> taken = List.copyOf(wanted);
        wanted.clear();
        return taken;
    }

    private List<byte @Nullable []> values(Keyspace keyspace, List<Wanted> wanted, Function<ActorId, byte[]> key) {
        List<Location> locations = new ArrayList<>(wanted.size());
        for (Wanted one : wanted) {
            locations.add(new Location(one.partition.number(), key.apply(one.id)));
        }
        return values(keyspace, locations);
    }

    private List<byte @Nullable []> values(Keyspace keyspace, List<Location> locations) {
        return locations.isEmpty() ? List.of() : store.readAll(keyspace, locations);
    }
}
