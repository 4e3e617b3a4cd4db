package io.segmentdo.warehouse.query;

import io.segmentdo.problem.PlatformException;
import io.segmentdo.problem.Problem;
import io.segmentdo.warehouse.engine.Analysis;
import io.segmentdo.warehouse.engine.Dataset;
import io.segmentdo.warehouse.engine.Engine;
import io.segmentdo.warehouse.engine.Limits;
import io.segmentdo.warehouse.engine.QueryException;
import io.segmentdo.warehouse.engine.Reason;
import io.segmentdo.warehouse.table.Tables;
import io.segmentdo.warehouse.table.WarehouseTable;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.iceberg.expressions.Expression;
import org.apache.iceberg.expressions.Expressions;
import org.jspecify.annotations.Nullable;

/**
 * Runs something over the views of a workspace: finds out what a query needs, plans the files, makes the views, and lets an
 * engine work on them. Events have only the columns that a query names, since DuckDB takes its time for each one. A name that
 * nothing explains is looked for in the data before it is an error.
 *
 * <p>Safe for concurrent use; blocks.
 */
public final class Reader {
    /** What an engine does with the data set that a query needs. */
    @FunctionalInterface
    public interface Work<T> {
        T with(Engine engine, Dataset dataset);
    }

    /**
     * Which data a query sees.
     *
     * @param moment a state in the past; the newest one when empty
     * @param files restricts the events to these files; all that the query needs when empty
     */
    public record Scope(String workspace, Optional<Moment> moment, Optional<List<TableState.StoredFile>> files) {}

    private static final Pattern UNKNOWN_COLUMN = Pattern.compile("Referenced column \"([^\"]+)\" (?:was )?not found");
    private static final int COMPUTED_MAX = 200;

    private final Supplier<Tables> tables;
    private final Path directory;
    private final long copiesBytesMax;
    private @Nullable FileCopies copies;
    private final TableStates states;
    private final Analyses analyses = new Analyses();
    private final Map<String, Names> names = new ConcurrentHashMap<>();

    /**
     * Opens nothing before it is needed, and removes the copies that an earlier process has left.
     *
     * @param directory for copies of files
     */
    public Reader(Supplier<Tables> tables, Path directory, long copiesBytesMax) {
        this.tables = tables;
        this.states = new TableStates(tables);
        this.directory = directory;
        this.copiesBytesMax = copiesBytesMax;
        FileCopies.removeOld(directory);
    }

    /**
     * Removes the copies of files that are not in the store any more, because they were replaced or somebody was erased.
     * Queries that read them fail. Blocks.
     */
    public void forgetRemoved() {
        FileCopies opened;
        synchronized (this) {
            opened = copies;
        }
        if (opened != null) {
            opened.forgetRemoved();
        }
    }

    private synchronized FileCopies copies() {
        FileCopies opened = copies;
        if (opened == null) {
            opened = new FileCopies(tables.get().files(), directory, copiesBytesMax);
            copies = opened;
        }
        return opened;
    }

    /** The events of a workspace at a moment. */
    public TableState events(String workspace, Optional<Moment> moment) {
        TableState state = states.load(workspace, WarehouseTable.EVENTS, moment);
        if (state.snapshotId() == 0
                && moment.isPresent()
                && states.load(workspace, WarehouseTable.EVENTS, Optional.empty())
                                .snapshotId()
                        != 0) {
            throw new PlatformException(
                    Problem.INVALID_REQUEST,
                    "asOf lies before the oldest state that is kept (expected: a later moment)");
        }
        return state;
    }

    /** Runs what a query wants done. */
    public <T> T read(Engine engine, String sql, Scope scope, Limits limits, Work<T> work) {
        return new Reading<>(engine, analyses.of(engine, sql), scope, limits, work).run();
    }

    /** One query on its way; confined to its thread. */
    private final class Reading<T> {
        private final Engine engine;
        private final Analyses.Known analysed;
        private final Analysis analysis;
        private final Scope scope;
        private final Limits limits;
        private final Work<T> work;
        private final Names known;
        private final TableState events;
        private final Map<String, Set<String>> eventViews = new HashMap<>();
        private final Map<String, ComputedColumn> computed = new HashMap<>();
        private final Set<String> looked = new HashSet<>();
        private boolean hasEveryColumn;

        Reading(Engine engine, Analyses.Known analysed, Scope scope, Limits limits, Work<T> work) {
            this.engine = engine;
            this.analysed = analysed;
            this.analysis = analysed.analysis();
            this.scope = scope;
            this.limits = limits;
            this.work = work;
            this.known = names.computeIfAbsent(scope.workspace(), Names::new);
            this.events = events(scope.workspace(), scope.moment());
            this.hasEveryColumn = analysis.everyColumn();
        }

        T run() {
            explainTables();
            for (String column : analysis.columns()) {
                if (events.schema().findField(column) == null) {
                    known.knownProperty(column).ifPresent(found -> computed.put(column, found));
                }
            }
            while (true) {
                try {
                    return attempt();
                } catch (QueryException e) {
                    if (e.reason() != Reason.MEANING) {
                        throw e;
                    }
                    if (!explainsColumn(e)) {
                        if (hasEveryColumn) {
                            throw e;
                        }
                        hasEveryColumn = true; // so that the message can name what there is
                    }
                }
            }
        }

        private void explainTables() {
            for (Analysis.Use use : analysis.uses()) {
                String name = use.name();
                if (!Views.isFixed(name) && !analysis.defined().contains(name)) {
                    Set<String> found =
                            withEvents(Expressions.alwaysTrue(), table -> known.events(name, engine, table, limits));
                    if (found.isEmpty()) {
                        throw new QueryException(
                                Reason.MEANING,
                                "there is no table " + name + " (expected: events, users, groups, tracks, identifies,"
                                        + " pages, screens, group_calls, aliases, profile_merges, or the name of an"
                                        + " event such as order_completed)",
                                use.offset());
                    }
                    eventViews.put(name, found);
                }
            }
        }

        private boolean explainsColumn(QueryException e) {
            Matcher matcher = UNKNOWN_COLUMN.matcher(String.valueOf(e.getMessage()));
            if (!matcher.find() || computed.size() >= COMPUTED_MAX) {
                return false;
            }
            String column = matcher.group(1).toLowerCase(Locale.ROOT);
            if (!looked.add(column) || events.schema().findField(column) != null) {
                return false;
            }
            Optional<ComputedColumn> found =
                    withEvents(Expressions.alwaysTrue(), table -> known.property(column, engine, table, limits));
            found.ifPresent(property -> computed.put(column, property));
            return found.isPresent();
        }

        private <R> R withEvents(Expression filter, Function<Dataset.Table, R> use) {
            List<TableState.StoredFile> files = events.files(filter);
            try (Held held = new Held()) {
                held.keep(files);
                return use.apply(table(Views.RAW_EVENTS, events, files, column -> true));
            }
        }

        private T attempt() {
            Set<String> used = new HashSet<>();
            analysis.uses().forEach(use -> used.add(use.name()));
            boolean profiles = analysis.everyColumn() || analysis.columns().contains("profile_id");
            Expression filter = Pruning.filter(analysis.uses(), Views.overEvents(eventViews));
            try (Held held = new Held()) {
                Optional<Dataset.Table> merges = held.small(
                        Views.RAW_MERGES, WarehouseTable.PROFILE_MERGES, profiles || used.contains(Views.MERGES));
                List<Dataset.Table> all = new ArrayList<>();
                merges.ifPresent(all::add);
                held.small(Views.RAW_USERS, WarehouseTable.USERS, used.contains(Views.USERS))
                        .ifPresent(all::add);
                held.small(Views.RAW_GROUPS, WarehouseTable.GROUPS, used.contains(Views.GROUPS))
                        .ifPresent(all::add);
                String raw = held.events(scope.files().orElseGet(() -> events.files(filter)), all);
                List<Dataset.Lookup> lookups =
                        merges.filter(table -> profiles && !table.files().isEmpty()).map(Views::canonical).stream()
                                .toList();
                List<Dataset.View> views =
                        Views.of(used, raw, List.copyOf(computed.values()), eventViews, !lookups.isEmpty());
                return work.with(engine, new Dataset(scope.workspace(), held.readable, lookups, all, views));
            }
        }

        /** The files of one attempt, which are there until it is over. */
        private final class Held implements AutoCloseable {
            private final List<FileCopies.Held> held = new ArrayList<>();
            private final List<String> readable = new ArrayList<>(paths(events.files()));

            void keep(List<TableState.StoredFile> files) {
                held.add(copies().hold(files));
            }

            /** Adds the tables of the events; returns what they are together. */
            String events(List<TableState.StoredFile> files, List<Dataset.Table> tables) {
                keep(files);
                Alike alike =
                        hasEveryColumn || !analysed.isSure() ? Alike.NONE : Alike.among(files, analysis.compared());
                List<TableState.StoredFile> others = alike.others(files);
                Set<String> left = alike.times().keySet();
                if (!left.isEmpty()) {
                    tables.add(table(
                            Views.RAW_ALIKE,
                            events,
                            alike.files(),
                            column -> isNeeded(column) && !left.contains(column)));
                }
                if (left.isEmpty() || !others.isEmpty()) {
                    tables.add(table(Views.RAW_EVENTS, events, others, this::isNeeded));
                }
                return Views.raw(alike.times(), !others.isEmpty());
            }

            private boolean isNeeded(String column) {
                return hasEveryColumn || analysis.columns().contains(column) || Views.OWN_COLUMNS.contains(column);
            }

            /** A table that is small beside the events, and read as a whole if at all. */
            Optional<Dataset.Table> small(String view, WarehouseTable name, boolean needed) {
                if (!needed) {
                    return Optional.empty();
                }
                Optional<Moment> moment = scope.moment()
                        .map(m -> m instanceof Moment.Snapshot
                                ? new Moment.At(Instant.ofEpochMilli(events.committedMillis()))
                                : m);
                TableState state = states.load(scope.workspace(), name, moment);
                readable.addAll(paths(state.files()));
                keep(state.files());
                return Optional.of(table(view, state, state.files(), column -> true));
            }

            @Override
            public void close() {
                held.forEach(FileCopies.Held::close);
            }
        }

        private Dataset.Table table(
                String name, TableState state, List<TableState.StoredFile> files, Predicate<String> wanted) {
            List<Dataset.Column> columns = state.schema().columns().stream()
                    .filter(field -> wanted.test(field.name()))
                    .map(field -> new Dataset.Column(field.fieldId(), field.name(), Views.sqlType(field.type())))
                    .toList();
            return new Dataset.Table(name, columns, paths(files));
        }

        private List<String> paths(List<TableState.StoredFile> files) {
            FileCopies here = copies();
            return files.stream().map(file -> here.path(file.location())).toList();
        }
    }
}
