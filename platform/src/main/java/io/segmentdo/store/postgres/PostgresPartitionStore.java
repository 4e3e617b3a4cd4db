package io.segmentdo.store.postgres;

import io.micrometer.core.instrument.MeterRegistry;
import io.segmentdo.problem.PlatformException;
import io.segmentdo.problem.Problem;
import io.segmentdo.store.Changes;
import io.segmentdo.store.Keyspace;
import io.segmentdo.store.PartitionStore;
import io.segmentdo.store.PostgresConfig;
import io.segmentdo.store.StoreConfig;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * The partitions of all members in one PostgreSQL database.
 *
 * <p>A keyspace is a table; a row is the partition, the caller's key and its value. Commits of several owners at the same
 * time share a transaction, which checks their epochs first ({@link Writer}). While the database is away, calls wait for
 * it for a while and then fail; what failed may have been done, and doing it again is harmless. An owner that was told of
 * a failure opens its partitions again before it goes on, and finds there which it was.
 */
public final class PostgresPartitionStore implements PartitionStore {
    private static final Duration PATIENCE_AT_START = Duration.ofSeconds(30);
    private static final byte[] HIGHEST = filled((byte) 0xff);

    private final int partitions;
    private final Database database;
    private final Members members;
    private final Commits commits;
    private final StoreMeters meters;

    private PostgresPartitionStore(int partitions, Database database, PostgresConfig config, StoreMeters meters) {
        this.partitions = partitions;
        this.database = database;
        this.meters = meters;
        this.members = new Members(database, config);
        this.commits = new Commits(database, members, meters);
        meters.watch(commits::waiting, () -> database.awayBecause() == null, members::owned);
    }

    /**
     * Connects to the database, makes or migrates the tables, and becomes a member. To be called on an ordinary thread.
     *
     * @throws PlatformException when the database does not let us in, cannot be reached for half a minute, or the store
     *     was made with another number of partitions
     */
    public static PostgresPartitionStore open(Vertx vertx, StoreConfig config, MeterRegistry registry) {
        PostgresConfig postgres = config.postgres();
        StoreMeters meters = new StoreMeters(registry);
        Database database = new Database(vertx, postgres, meters);
        try {
            Migrations migrations = new Migrations(postgres.schema(), config.partitions());
            int made = database.persist(() -> database.once(migrations::run), PATIENCE_AT_START);
            if (made != config.partitions()) {
                throw new PlatformException(
                        Problem.INVALID_CONFIG,
                        "store.partitions: " + config.partitions() + " (expected: " + made
                                + ", with which the store in schema " + postgres.schema()
                                + " was made; it cannot change)");
            }
            return new PostgresPartitionStore(made, database, postgres, meters);
        } catch (RuntimeException e) {
            database.close();
            throw e;
        }
    }

    /** Why the database cannot be reached at the moment, if it cannot. */
    public Optional<String> awayBecause() {
        return Optional.ofNullable(database.awayBecause());
    }

    @Override
    public void rehearse() {
        List<Statement> statements = new ArrayList<>(members.rehearsal());
        statements.addAll(Fold.rehearsal());
        database.onAll(connection ->
                Future.join(statements.stream().map(each -> each.on(connection)).toList()));
    }

    @Override
    public int partitions() {
        return partitions;
    }

    @Override
    public Map<Integer, Long> tryOpen(Collection<Integer> wanted) {
        wanted.forEach(partition -> Objects.checkIndex(partition, partitions));
        return wanted.isEmpty() ? Map.of() : members.tryOpen(wanted);
    }

    @Override
    public void release(Map<Integer, Long> epochs) {
        if (!epochs.isEmpty()) {
            members.release(epochs);
        }
    }

    @Override
    public boolean isAlive() {
        return members.isAlive();
    }

    @Override
    public boolean owns(int partition, long epoch) {
        return members.owns(partition, epoch);
    }

    @Override
    public <T> List<T> each(Collection<Integer> wanted, IntFunction<T> reading) {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<CompletableFuture<T>> readings = wanted.stream()
                    .map(partition -> CompletableFuture.supplyAsync(() -> reading.apply(partition), threads))
                    .toList();
            return readings.stream().map(CompletableFuture::join).toList();
        } catch (CompletionException e) {
            throw e.getCause() instanceof RuntimeException known ? known : e;
        }
    }

    @Override
    public byte @Nullable [] read(int partition, Keyspace keyspace, byte[] key) {
        return readAll(partition, keyspace, List.of(key)).getFirst();
    }

    @Override
    public List<byte @Nullable []> readAll(int partition, Keyspace keyspace, List<byte[]> keys) {
        return readAll(
                keyspace, keys.stream().map(key -> new Location(partition, key)).toList());
    }

    @Override
    public List<byte @Nullable []> readAll(Keyspace keyspace, List<Location> locations) {
        if (locations.isEmpty()) {
            return List.of();
        }
        List<Integer> partitionsOf = locations.stream().map(Location::partition).toList();
        List<Buffer> keys = locations.stream()
                .map(location -> Buffer.buffer(StoredKey.of(location.key())))
                .toList();
        byte[] @Nullable [] values = new byte[locations.size()][];
        for (Row row : database.read(Fold.find(keyspace, partitionsOf, keys)::on)) {
            int place = row.getInteger(0) - 1;
            values[place] = StoredKey.entry(keys.get(place), row.getBuffer(1)).value();
        }
        return Arrays.asList(values);
    }

    @Override
    public List<Entry> scan(int partition, Keyspace keyspace, byte[] fromKey, byte[] endKey, int limit) {
        if (limit <= 0 || Arrays.compareUnsigned(fromKey, endKey) >= 0) {
            return List.of();
        }
        List<Entry> entries = range(partition, keyspace, fromKey, endKey, limit);
        boolean isOrdered = !StoredKey.isLong(fromKey)
                && !StoredKey.isLong(endKey)
                && entries.stream().noneMatch(entry -> StoredKey.isLong(entry.key()));
        return isOrdered
                ? entries
                : range(partition, keyspace, fromKey, endKey, Integer.MAX_VALUE).stream()
                        .filter(entry -> Arrays.compareUnsigned(entry.key(), fromKey) >= 0
                                && Arrays.compareUnsigned(entry.key(), endKey) < 0)
                        .sorted((one, other) -> Arrays.compareUnsigned(one.key(), other.key()))
                        .limit(limit)
                        .toList();
    }

    private List<Entry> range(int partition, Keyspace keyspace, byte[] fromKey, byte[] endKey, int limit) {
        return entries(query(
                "SELECT key, value FROM " + Fold.table(keyspace)
                        + " WHERE partition = $1 AND key >= $2 AND key < $3 ORDER BY key LIMIT $4",
                Tuple.of(
                        partition,
                        Buffer.buffer(StoredKey.head(fromKey)),
                        Buffer.buffer(StoredKey.aboveHead(endKey)),
                        (long) limit)));
    }

    @Override
    public @Nullable Entry last(int partition, Keyspace keyspace) {
        List<Entry> last = entries(query(
                "SELECT key, value FROM " + Fold.table(keyspace) + " WHERE partition = $1 ORDER BY key DESC LIMIT 1",
                Tuple.of(partition)));
        if (last.isEmpty() || !StoredKey.isLong(last.getFirst().key())) {
            return last.isEmpty() ? null : last.getFirst();
        }
        byte[] head = StoredKey.head(last.getFirst().key());
        return scan(partition, keyspace, head, HIGHEST, Integer.MAX_VALUE).getLast();
    }

    private RowSet<Row> query(String sql, Tuple parameters) {
        return database.read(connection -> connection.preparedQuery(sql).execute(parameters));
    }

    private static List<Entry> entries(RowSet<Row> rows) {
        List<Entry> entries = new ArrayList<>(rows.size());
        rows.forEach(row -> entries.add(StoredKey.entry(row.getBuffer(0), row.getBuffer(1))));
        return entries;
    }

    @Override
    public void commit(List<Changes> changes) {
        if (!changes.stream().allMatch(Changes::isEmpty)) {
            meters.committed(() -> commits.commit(changes, true));
        }
    }

    @Override
    public boolean commitsTogether() {
        return true;
    }

    @Override
    public void commitRelaxed(List<Changes> changes) {
        if (!changes.stream().allMatch(Changes::isEmpty)) {
            commits.commit(changes, false);
        }
    }

    @Override
    public void close() {
        if (!database.isClosed()) {
            members.close();
            database.close();
            commits.close();
        }
    }

    private static byte[] filled(byte value) {
        byte[] bytes = new byte[4096];
        Arrays.fill(bytes, value);
        return bytes;
    }
}
