package io.segmentdo.store.postgres;

import io.segmentdo.store.Changes;
import io.segmentdo.store.Keyspace;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What remains of many changes when later ones have replaced earlier ones, as few statements: per table its ranges, then
 * its deletions, then its puts.
 *
 * <p>Rows are in one order, so that transactions which meet wait instead of blocking each other. Confined to one thread.
 */
final class Fold {
    private record Range(int partition, Buffer from, Buffer end) {}

    private static final class Table {
        private final List<Range> ranges = new ArrayList<>();
        private final Map<Integer, NavigableMap<byte[], byte @Nullable []>> rows = new TreeMap<>();

        NavigableMap<byte[], byte @Nullable []> of(int partition) {
            return rows.computeIfAbsent(partition, ignored -> new TreeMap<>(Arrays::compareUnsigned));
        }
    }

    private static final String WANTED =
            "unnest($1::int[], $2::bytea[]) WITH ORDINALITY AS wanted (partition, key, place)";

    /**
     * By the index, row by row, and in no other way: compared with an array of one, a partition is no order in which the
     * table could be gone through. A plan that does is the cheapest one while the table is almost empty, and stays.
     */
    private static final String IS_WANTED =
            "stored.partition = ANY (ARRAY[wanted.partition]) AND stored.key = wanted.key";

    private final Map<Keyspace, Table> tables = new EnumMap<>(Keyspace.class);
    private int size;

    static String table(Keyspace keyspace) {
        return keyspace.name().toLowerCase(Locale.ROOT);
    }

    /** Finds the values of keys in partitions, each with its place among these, from 1 on. */
    static Statement find(Keyspace keyspace, List<Integer> partitions, List<Buffer> keys) {
        return new Statement(
                "SELECT wanted.place, stored.value FROM " + WANTED + " JOIN " + table(keyspace) + " AS stored ON "
                        + IS_WANTED,
                Tuple.of(array(partitions), (Object) buffers(keys)));
    }

    /** Deletes keys in partitions. */
    static Statement delete(Keyspace keyspace, List<Integer> partitions, List<Buffer> keys) {
        return new Statement(
                "DELETE FROM " + table(keyspace) + " AS stored USING " + WANTED + " WHERE " + IS_WANTED,
                Tuple.of(array(partitions), (Object) buffers(keys)));
    }

    void add(Changes changes) {
        for (Changes.Change change : changes.asList()) {
            size++;
            Table table = tables.computeIfAbsent(change.keyspace(), ignored -> new Table());
            NavigableMap<byte[], byte @Nullable []> rows = table.of(changes.partition());
            byte[] end = change.endKey();
            if (end == null) {
                rows.put(change.key(), change.value());
            } else if (Arrays.compareUnsigned(change.key(), end) < 0) {
                if (StoredKey.isLong(change.key()) || StoredKey.isLong(end)) {
                    throw new IllegalArgumentException("a range of keys is deleted whose bounds are too long");
                }
                rows.subMap(change.key(), true, end, false).clear();
                table.ranges.add(new Range(changes.partition(), Buffer.buffer(change.key()), Buffer.buffer(end)));
            }
        }
    }

    /** How many changes went in. */
    int size() {
        return size;
    }

    List<Statement> statements() {
        List<Statement> statements = new ArrayList<>();
        tables.forEach((keyspace, table) -> {
            String name = table(keyspace);
            for (Range range : table.ranges) {
                statements.add(new Statement(
                        "DELETE FROM " + name + " WHERE partition = $1 AND key >= $2 AND key < $3",
                        Tuple.of(range.partition, range.from, range.end)));
            }
            addRows(statements, keyspace, table);
        });
        return statements;
    }

    private static void addRows(List<Statement> statements, Keyspace keyspace, Table table) {
        List<Integer> deletedIn = new ArrayList<>();
        List<Buffer> deleted = new ArrayList<>();
        List<Integer> putIn = new ArrayList<>();
        List<Buffer> keys = new ArrayList<>();
        List<Buffer> values = new ArrayList<>();
        table.rows.forEach((partition, rows) -> rows.forEach((key, value) -> {
            Buffer stored = Buffer.buffer(StoredKey.of(key));
            if (value == null) {
                deletedIn.add(partition);
                deleted.add(stored);
            } else {
                putIn.add(partition);
                keys.add(stored);
                values.add(Buffer.buffer(StoredKey.value(key, value)));
            }
        }));
        if (!deleted.isEmpty()) {
            statements.add(delete(keyspace, deletedIn, deleted));
        }
        if (!keys.isEmpty()) {
            statements.add(put(keyspace, putIn, keys, values));
        }
    }

    private static Statement put(Keyspace keyspace, List<Integer> partitions, List<Buffer> keys, List<Buffer> values) {
        return new Statement(
                "INSERT INTO " + table(keyspace) + " SELECT * FROM unnest($1::int[], $2::bytea[], $3::bytea[])"
                        + " ON CONFLICT (partition, key) DO UPDATE SET value = excluded.value",
                Tuple.of(array(partitions), buffers(keys), buffers(values)));
    }

    /** What is said first about all tables, about no rows. */
    static List<Statement> rehearsal() {
        List<Statement> statements = new ArrayList<>();
        for (Keyspace keyspace : Keyspace.values()) {
            statements.add(find(keyspace, List.of(), List.of()));
            statements.add(put(keyspace, List.of(), List.of(), List.of()));
        }
        return statements;
    }

    private static Integer[] array(List<Integer> numbers) {
        return numbers.toArray(Integer[]::new);
    }

    private static Buffer[] buffers(List<Buffer> buffers) {
        return buffers.toArray(Buffer[]::new);
    }
}
