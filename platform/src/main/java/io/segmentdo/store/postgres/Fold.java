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
    /** A statement that is ready to be sent. */
    record Statement(String sql, Tuple parameters) {}

    private record Range(int partition, Buffer from, Buffer end) {}

    private static final class Table {
        private final List<Range> ranges = new ArrayList<>();
        private final Map<Integer, NavigableMap<byte[], byte @Nullable []>> rows = new TreeMap<>();

        NavigableMap<byte[], byte @Nullable []> of(int partition) {
            return rows.computeIfAbsent(partition, ignored -> new TreeMap<>(Arrays::compareUnsigned));
        }
    }

    private final Map<Keyspace, Table> tables = new EnumMap<>(Keyspace.class);
    private int size;

    static String table(Keyspace keyspace) {
        return keyspace.name().toLowerCase(Locale.ROOT);
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
            addRows(statements, name, table);
        });
        return statements;
    }

    private static void addRows(List<Statement> statements, String name, Table table) {
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
            statements.add(new Statement(
                    "DELETE FROM " + name + " AS t USING unnest($1::int[], $2::bytea[]) AS d (partition, key)"
                            + " WHERE t.partition = d.partition AND t.key = d.key",
                    Tuple.of(array(deletedIn), (Object) buffers(deleted))));
        }
        if (!keys.isEmpty()) {
            statements.add(new Statement(
                    "INSERT INTO " + name + " SELECT * FROM unnest($1::int[], $2::bytea[], $3::bytea[])"
                            + " ON CONFLICT (partition, key) DO UPDATE SET value = excluded.value",
                    Tuple.of(array(putIn), buffers(keys), buffers(values))));
        }
    }

    private static Integer[] array(List<Integer> numbers) {
        return numbers.toArray(Integer[]::new);
    }

    private static Buffer[] buffers(List<Buffer> buffers) {
        return buffers.toArray(Buffer[]::new);
    }
}
