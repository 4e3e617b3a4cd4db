package io.segmentdo.warehouse.upkeep;

import io.segmentdo.warehouse.rows.DataFiles;
import io.segmentdo.warehouse.rows.RowFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Predicate;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.RewriteFiles;
import org.apache.iceberg.Schema;
import org.apache.iceberg.SortOrderComparators;
import org.apache.iceberg.StructLike;
import org.apache.iceberg.Table;
import org.apache.iceberg.exceptions.CommitStateUnknownException;
import org.apache.iceberg.io.CloseableIterable;

/**
 * Joins small files of a table into larger ones, whose rows are sorted in runs.
 *
 * <p>Files are joined with others of about their size, so that a row is rewritten a few times only, however long files
 * trickle in. Loads go on meanwhile: they add files and this replaces files, which Iceberg puts in order. A crash leaves
 * files that no state refers to. Confined to the thread of upkeep.
 */
final class Compaction {
    /** Rows that are sorted at once; they are in memory. */
    private static final int RUN_ROWS = 20_000;

    /** Sizes of joined files differ by less than this factor. */
    private static final int TIER_FACTOR = 8;

    private static final long FIRST_TIER_BYTES = 256 << 10;

    private final Table table;
    private final int filesMin;
    private final long fileBytes;

    Compaction(Table table, int filesMin, long fileBytes) {
        this.table = table;
        this.filesMin = filesMin;
        this.fileBytes = fileBytes;
    }

    private record Tier(Optional<Integer> partition, int size) {}

    /** Joins what is worth it; returns how many files were replaced. */
    int run() {
        table.refresh();
        int replaced = 0;
        for (Map.Entry<Tier, List<DataFile>> entry : tiers().entrySet()) {
            for (List<DataFile> group : groups(entry.getValue())) {
                replace(group, entry.getKey().partition());
                replaced += group.size();
            }
        }
        return replaced;
    }

    private Map<Tier, List<DataFile>> tiers() {
        Map<Tier, List<DataFile>> tiers = new LinkedHashMap<>();
        for (DataFile file : RowFiles.all(table)) {
            if (file.fileSizeInBytes() < fileBytes / 4 * 3) {
                Tier tier = new Tier(partition(file), tier(file.fileSizeInBytes()));
                tiers.computeIfAbsent(tier, ignored -> new ArrayList<>()).add(file);
            }
        }
        return tiers;
    }

    private static int tier(long bytes) {
        int tier = 0;
        for (long limit = FIRST_TIER_BYTES; bytes > limit; limit *= TIER_FACTOR) {
            tier++;
        }
        return tier;
    }

    static Optional<Integer> partition(DataFile file) {
        return file.partition().size() == 0
                ? Optional.empty()
                : Optional.of(file.partition().get(0, Integer.class));
    }

    private List<List<DataFile>> groups(List<DataFile> files) {
        List<List<DataFile>> groups = new ArrayList<>();
        List<DataFile> group = new ArrayList<>();
        long bytes = 0;
        for (DataFile file : files) {
            if (bytes + file.fileSizeInBytes() > fileBytes && group.size() > 1) {
                groups.add(group);
                group = new ArrayList<>();
                bytes = 0;
            }
            group.add(file);
            bytes += file.fileSizeInBytes();
        }
        if (group.size() >= filesMin) {
            groups.add(group);
        }
        return groups;
    }

    private void replace(List<DataFile> files, Optional<Integer> partition) {
        long since = table.currentSnapshot().snapshotId();
        DataFiles target =
                DataFiles.lasting(table, table.schema(), "joined-" + UUID.randomUUID(), RowFiles.rows(files));
        try {
            copy(table, files, target, partition, row -> true);
            List<DataFile> joined = target.finish();
            Replacement.commit(table, () -> {
                RewriteFiles rewrite = table.newRewrite().validateFromSnapshot(since);
                files.forEach(rewrite::deleteFile);
                joined.forEach(rewrite::addFile);
                return rewrite;
            });
        } catch (CommitStateUnknownException e) {
            throw e; // the files may be part of the table; otherwise they are swept up
        } catch (RuntimeException e) {
            target.discard();
            throw e;
        }
    }

    /** Writes the rows of some files that pass into others, sorted in runs; returns how many did not pass. */
    static long copy(
            Table table,
            List<DataFile> files,
            DataFiles target,
            Optional<Integer> partition,
            Predicate<StructLike> passes) {
        Schema schema = table.schema();
        Comparator<StructLike> order =
                table.sortOrder().isSorted() ? SortOrderComparators.forSchema(schema, table.sortOrder()) : null;
        List<StructLike> run = new ArrayList<>();
        long left = 0;
        for (DataFile file : files) {
            try (CloseableIterable<StructLike> rows = RowFiles.read(table, file, schema)) {
                for (StructLike row : rows) {
                    if (!passes.test(row)) {
                        left++;
                        continue;
                    }
                    run.add(row);
                    if (run.size() >= RUN_ROWS) {
                        write(run, order, target, partition);
                    }
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        write(run, order, target, partition);
        return left;
    }

    private static void write(
            List<StructLike> run,
            @org.jspecify.annotations.Nullable Comparator<StructLike> order,
            DataFiles target,
            Optional<Integer> partition) {
        if (order != null) {
            run.sort(order);
        }
        run.forEach(row -> target.write(row, partition));
        run.clear();
    }
}
