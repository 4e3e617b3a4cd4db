package io.segmentdo.warehouse.load;

import io.segmentdo.event.Event;
import io.segmentdo.event.IdentifiedEvent;
import io.segmentdo.event.OutboxEntry;
import io.segmentdo.event.ProfileFact;
import io.segmentdo.event.Utf8Json;
import io.segmentdo.warehouse.table.Tables;
import io.segmentdo.warehouse.table.WarehouseTable;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * What has changed in the tables of users and groups since they were last written. It is kept in memory and applied now
 * and then, since each time the tables are written anew; the cursors wait for it. Confined to the warehouse's thread.
 */
final class Profiles {
    static final int CHANGES_MAX = 50_000;

    /** Writing may take up to a tenth of a processor. */
    private static final int PAUSE_FACTOR = 10;

    private static final class Changes {
        private final LastWords words = new LastWords();
        private final Map<String, ProfileState> users = new HashMap<>();
        private final Map<String, ProfileState> groups = new HashMap<>();
        private final Set<String> restated = new HashSet<>();
        private final Map<WarehouseTable, Span> spans =
                Map.of(WarehouseTable.USERS, new Span(), WarehouseTable.GROUPS, new Span());
        private boolean hasMoved;

        Span span(WarehouseTable table) {
            return Objects.requireNonNull(spans.get(table));
        }

        void clear() {
            users.clear();
            groups.clear();
            restated.clear();
            spans.values().forEach(Span::clear);
            hasMoved = false;
        }
    }

    private record Key(String workspace, WarehouseTable table) {}

    private final ThreadMXBean cpu = ManagementFactory.getThreadMXBean();
    private final Supplier<Tables> tables;
    private final Loader.Limits limits;
    private final Conflicts conflicts;
    private final Map<String, Changes> byWorkspace = new HashMap<>();
    private final Map<Key, ProfileTable> open = new HashMap<>();
    private final Map<Integer, Long> firstPositions = new HashMap<>();
    private long dueNanos = System.nanoTime();
    private int count;

    Profiles(Supplier<Tables> tables, Loader.Limits limits, Conflicts conflicts) {
        this.tables = tables;
        this.limits = limits;
        this.conflicts = conflicts;
    }

    void add(OutboxEntry entry) {
        switch (entry) {
            case IdentifiedEvent identified -> add(identified);
            case ProfileFact fact -> add(fact);
        }
    }

    private void add(IdentifiedEvent identified) {
        Event event = identified.event();
        String groupId = event.groupId();
        switch (event.type()) {
            case IDENTIFY ->
                changes(identified, event.workspace(), WarehouseTable.USERS)
                        .ifPresent(changes -> changes.users
                                .computeIfAbsent(identified.profileId(), ignored -> new ProfileState())
                                .add(event));
            case GROUP -> {
                if (groupId != null) {
                    ProfileState state = new ProfileState();
                    state.add(event);
                    changes(identified, event.workspace(), WarehouseTable.GROUPS)
                            .ifPresent(changes -> changes.groups
                                    .computeIfAbsent(groupId, ignored -> new ProfileState())
                                    .merge(state));
                }
            }
            case TRACK, PAGE, SCREEN, ALIAS -> {}
        }
    }

    private void add(ProfileFact fact) {
        switch (fact.kind()) {
            case MERGED, UNMERGED, RECOMPUTED, DELETED ->
                changes(fact, fact.workspace(), WarehouseTable.USERS).ifPresent(changes -> add(fact, changes));
            case CREATED -> {}
        }
    }

    private static void add(ProfileFact fact, Changes changes) {
        String other = fact.otherId();
        switch (fact.kind()) {
            case MERGED -> {
                if (other != null) {
                    changes.words.merged(other, fact.profileId(), fact.ledgerFact());
                    changes.hasMoved = true;
                }
            }
            case UNMERGED -> {
                changes.words.unmerged(fact.profileId(), fact.ledgerFact());
                restate(changes, fact);
            }
            case RECOMPUTED -> restate(changes, fact);
            case DELETED -> {
                changes.words.deleted(fact.profileId());
                changes.hasMoved = true;
            }
            case CREATED -> {}
        }
    }

    /** What is left of a profile cannot be worked out here, so it comes as a whole and replaces what there is. */
    private static void restate(Changes changes, ProfileFact fact) {
        Utf8Json snapshot = fact.snapshot();
        if (snapshot != null) {
            ProfileState state = new ProfileState();
            state.readSnapshot(snapshot);
            changes.users.put(fact.profileId(), state);
            changes.restated.add(fact.profileId());
        }
    }

    /** Where a change goes that this entry makes of a table; nowhere when the table has it. */
    private Optional<Changes> changes(OutboxEntry entry, String workspace, WarehouseTable table) {
        if (!table(workspace, table).lacks(entry)) {
            return Optional.empty();
        }
        firstPositions.merge(entry.partition(), entry.position(), Math::min);
        count++;
        Changes changes = byWorkspace.computeIfAbsent(workspace, ignored -> new Changes());
        changes.span(table).add(entry);
        return Optional.of(changes);
    }

    /** Who is part of whom; asked for when it is known on what state of the users the changes are put. */
    private Map<String, Optional<String>> moved(String workspace, Changes changes) {
        tables.get().find(workspace, WarehouseTable.PROFILE_MERGES).ifPresent(changes.words::read);
        return changes.words.moved();
    }

    boolean isEmpty() {
        return count == 0;
    }

    /** Whether it is time to apply what there is. */
    boolean isDue() {
        return !isEmpty() && (count >= CHANGES_MAX || System.nanoTime() - dueNanos >= 0);
    }

    /** How long it may wait. */
    long nanosLeft() {
        return isEmpty() ? Long.MAX_VALUE : dueNanos - System.nanoTime();
    }

    /** The first position of a partition that is not in the tables yet. */
    long firstPosition(int partition) {
        return firstPositions.getOrDefault(partition, Long.MAX_VALUE);
    }

    /**
     * Writes the tables; facts about merges have been committed before. False when another owner of a partition was
     * first: then everything that was not applied has to be read again.
     */
    boolean apply() {
        long before = cpu.getCurrentThreadCpuTime();
        for (Map.Entry<String, Changes> entry : byWorkspace.entrySet()) {
            if (!apply(entry.getKey(), entry.getValue())) {
                return false;
            }
            entry.getValue().clear();
        }
        clear();
        long spent = cpu.getCurrentThreadCpuTime() - before;
        dueNanos = System.nanoTime() + Math.max(limits.profilesInterval().toNanos(), spent * PAUSE_FACTOR);
        return true;
    }

    private boolean apply(String workspace, Changes changes) {
        boolean hasUsers = !changes.users.isEmpty() || changes.hasMoved;
        boolean isDone = !hasUsers
                || table(workspace, WarehouseTable.USERS)
                        .apply(
                                changes.users,
                                () -> moved(workspace, changes),
                                changes.restated,
                                changes.span(WarehouseTable.USERS));
        if (isDone && !changes.groups.isEmpty()) {
            isDone = table(workspace, WarehouseTable.GROUPS)
                    .apply(changes.groups, Map::of, Set.of(), changes.span(WarehouseTable.GROUPS));
        }
        return isDone;
    }

    private ProfileTable table(String workspace, WarehouseTable name) {
        return open.computeIfAbsent(
                new Key(workspace, name),
                ignored ->
                        new ProfileTable(tables.get(), workspace, name, limits.columnsMax(), conflicts.in(workspace)));
    }

    private void clear() {
        firstPositions.clear();
        count = 0;
    }

    /** Drops what was not applied, because it is read again. */
    void discard() {
        byWorkspace.clear();
        open.clear();
        clear();
    }
}
