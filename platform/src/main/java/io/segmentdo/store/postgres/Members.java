package io.segmentdo.store.postgres;

import io.segmentdo.problem.PlatformException;
import io.segmentdo.store.PostgresConfig;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This process as a member, and the partitions that it owns.
 *
 * <p>A member has a fresh id per start and shows four times per lease that it lives; all times are the database's. What it
 * owns can be taken when it was silent for a lease, or has given it up. Both take the partition's row for themselves, while
 * every commit shares it until its end: so nobody takes a partition in the middle of a commit. Safe for concurrent use.
 */
final class Members implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Members.class);

    private static final String BEAT = """
            WITH beat AS (INSERT INTO member VALUES ($1, clock_timestamp())
              ON CONFLICT (id) DO UPDATE SET seen = excluded.seen)
            SELECT partition, epoch FROM ownership WHERE owner = $1""";

    private static final String FREE = """
            partition = ANY ($2) AND (owner IS NULL OR owner = $1 OR NOT EXISTS (SELECT FROM member AS other
              WHERE other.id = owner AND other.seen > statement_timestamp() - make_interval(secs => $3)))""";

    private static final String TAKE = """
            UPDATE ownership AS taken SET epoch = taken.epoch + 1, owner = $1
            FROM (SELECT partition FROM ownership WHERE %s ORDER BY partition FOR UPDATE %s) AS free
            WHERE taken.partition = free.partition RETURNING taken.partition, taken.epoch""";

    private static final String TAKE_UNLOCKED = TAKE.formatted(FREE, "SKIP LOCKED");
    private static final String TAKE_WAITING = TAKE.formatted(FREE, "");
    private static final String FIND_FREE = "SELECT partition, epoch FROM ownership WHERE " + FREE;

    private static final String RELEASE = """
            UPDATE ownership AS mine SET owner = NULL, epoch = mine.epoch + 1
            FROM unnest($2::int[], $3::bigint[]) AS released (partition, epoch)
            WHERE mine.partition = released.partition AND mine.epoch = released.epoch AND mine.owner = $1""";

    private static final String FORGET = "DELETE FROM member WHERE seen < clock_timestamp() - interval '1 day'";

    private final Database database;
    private final String id = UUID.randomUUID().toString();
    private final long leaseNanos;
    private final double leaseSeconds;
    private final long beatMillis;
    private final Map<Integer, Long> owned = new ConcurrentHashMap<>();
    private final Thread heart;
    private volatile long aliveUntilNanos;
    private volatile boolean isLeaving;

    /** Is a member from now on. */
    Members(Database database, PostgresConfig config) {
        this.database = database;
        this.leaseNanos = config.lease().toNanos();
        this.leaseSeconds = config.lease().toMillis() / 1000.0;
        this.beatMillis = config.lease().toMillis() / 4;
        database.persist(
                () -> database.once(connection -> connection.query(FORGET).execute()));
        database.persist(this::beat);
        this.heart = Thread.ofVirtual().name("store-heartbeat").start(this::keepBeating);
        log.atInfo().addKeyValue("member", id).log("Joined the store on PostgreSQL");
    }

    String id() {
        return id;
    }

    int owned() {
        return owned.size();
    }

    private void keepBeating() {
        while (!isLeaving && !database.isClosed()) {
            try {
                database.pause(beatMillis);
                beat();
                database.reached();
            } catch (AwayException e) {
                database.lost(e);
            } catch (PlatformException e) {
                if (!isLeaving && !database.isClosed()) {
                    log.atError().setCause(e).log("A heartbeat was refused, partitions may be taken by others");
                }
            }
        }
    }

    /** Shows that this member lives, and learns what was taken from it. */
    private boolean beat() {
        Map<Integer, Long> before = Map.copyOf(owned);
        long askedNanos = System.nanoTime();
        Map<Integer, Long> now = epochs(
                database.once(connection -> connection.preparedQuery(BEAT).execute(Tuple.of(id))));
        before.forEach((partition, epoch) -> {
            if (!epoch.equals(now.get(partition))) {
                lost(partition, epoch);
            }
        });
        aliveUntilNanos = askedNanos + leaseNanos;
        return true;
    }

    /** Whether the database has heard of this member less than a lease ago. */
    boolean isAlive() {
        return System.nanoTime() - aliveUntilNanos < 0;
    }

    /** Takes those that are free: at once what nobody uses, then what is free but in use by a commit. */
    Map<Integer, Long> tryOpen(Collection<Integer> partitions) {
        Map<Integer, Long> taken = new HashMap<>(ask(TAKE_UNLOCKED, partitions));
        TreeSet<Integer> missing = new TreeSet<>(partitions);
        missing.removeAll(taken.keySet());
        if (!missing.isEmpty()) {
            Collection<Integer> inUse = ask(FIND_FREE, missing).keySet();
            if (!inUse.isEmpty()) {
                taken.putAll(ask(TAKE_WAITING, inUse));
            }
        }
        owned.putAll(taken);
        return taken;
    }

    private Map<Integer, Long> ask(String sql, Collection<Integer> partitions) {
        Statement question = about(sql, partitions);
        return epochs(database.persist(() -> database.once(question::on)));
    }

    private Statement about(String sql, Collection<Integer> partitions) {
        return new Statement(sql, Tuple.of(id, partitions.toArray(Integer[]::new), leaseSeconds));
    }

    void release(Map<Integer, Long> epochs) {
        database.persist(() -> database.once(releasing(epochs)::on));
        epochs.forEach(owned::remove);
    }

    private Statement releasing(Map<Integer, Long> epochs) {
        return new Statement(
                RELEASE,
                Tuple.of(
                        id,
                        epochs.keySet().toArray(Integer[]::new),
                        epochs.values().toArray(Long[]::new)));
    }

    /** What is said when partitions move, about none. */
    List<Statement> rehearsal() {
        return List.of(
                about(TAKE_UNLOCKED, List.of()),
                about(FIND_FREE, List.of()),
                about(TAKE_WAITING, List.of()),
                releasing(Map.of()));
    }

    boolean owns(int partition, long epoch) {
        return Long.valueOf(epoch).equals(owned.get(partition));
    }

    /** The partition is known to have another owner. */
    void lost(int partition, long epoch) {
        owned.remove(partition, epoch);
    }

    /** Leaves: what it owned is free at once, unless the database is away. */
    @Override
    public void close() {
        isLeaving = true;
        heart.interrupt();
        if (database.awayBecause() == null) {
            try {
                database.persist(this::leave, Duration.ZERO);
            } catch (PlatformException e) {
                log.atInfo().addKeyValue("reason", e.getMessage()).log("Left the store silently, the lease will end");
            }
        }
        owned.clear();
    }

    private RowSet<Row> leave() {
        Statement release = releasing(Map.copyOf(owned));
        return database.once(connection -> release.on(connection)
                .compose(released -> connection
                        .preparedQuery("DELETE FROM member WHERE id = $1")
                        .execute(Tuple.of(id))));
    }

    private static Map<Integer, Long> epochs(RowSet<Row> rows) {
        Map<Integer, Long> epochs = new HashMap<>();
        rows.forEach(row -> epochs.put(row.getInteger(0), row.getLong(1)));
        return epochs;
    }
}
