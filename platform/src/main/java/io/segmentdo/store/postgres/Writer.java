package io.segmentdo.store.postgres;

import io.segmentdo.problem.PlatformException;
import io.segmentdo.problem.Problem;
import io.segmentdo.store.Changes;
import io.segmentdo.store.StaleEpochException;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries out commits, one transaction after the other, each exactly once.
 *
 * <p>A transaction takes the writer's next number, checks the epochs of its partitions while it holds their rows, and then
 * carries out the calls whose owners are all current. When a connection breaks, nobody knows whether the transaction was
 * committed; so it is sent again with the same number. The number's row makes the two follow each other: the second finds
 * that the first was committed, or the first, should it come late, finds its number taken and changes nothing. A
 * transaction that is given up is buried before any later one begins: its number is taken by nothing.
 *
 * <p>Runs on a thread of its own; {@link #bury} may be called by other writers.
 */
final class Writer implements Runnable {
    private static final Logger log = LoggerFactory.getLogger(Writer.class);

    private static final String NUMBER = """
            INSERT INTO writer VALUES ($1, $2, $3)
            ON CONFLICT (member, slot) DO UPDATE SET sequence = excluded.sequence
            WHERE writer.sequence < excluded.sequence RETURNING sequence""";

    private static final String EPOCHS =
            "SELECT partition, epoch FROM ownership WHERE partition = ANY ($1) ORDER BY partition FOR SHARE";

    private final int slot;
    private final Database database;
    private final Members members;
    private final StoreMeters meters;
    private final Commits commits;

    // its own thread only
    private long number;

    // under this
    private long givenUp;

    /** The number was taken before: an earlier try has been committed. */
    private static final class DoneBefore extends RuntimeException {
        private static final long serialVersionUID = 1;

        DoneBefore() {
            super("done before", null, false, false);
        }
    }

    /** One transaction in the making; tries of it follow each other. */
    private static final class Group {
        private final List<Commits.Ticket> tickets;
        private final long number;
        private final boolean isDurable;
        // what the last try that came so far has found; written on an event loop, read when that has ended
        private volatile Map<Integer, Long> epochs = Map.of();

        Group(List<Commits.Ticket> tickets, long number) {
            this.tickets = tickets;
            this.number = number;
            this.isDurable = tickets.stream().anyMatch(Commits.Ticket::isDurable);
        }

        Integer[] partitions() {
            TreeSet<Integer> partitions = new TreeSet<>();
            tickets.forEach(ticket -> ticket.changes().forEach(changes -> partitions.add(changes.partition())));
            return partitions.toArray(Integer[]::new);
        }

        List<Commits.Ticket> current() {
            return tickets.stream()
                    .filter(ticket -> ticket.changes().stream().allMatch(this::isCurrent))
                    .toList();
        }

        boolean isCurrent(Changes changes) {
            return Long.valueOf(changes.epoch()).equals(epochs.get(changes.partition()));
        }
    }

    Writer(int slot, Database database, Members members, StoreMeters meters, Commits commits) {
        this.slot = slot;
        this.database = database;
        this.members = members;
        this.meters = meters;
        this.commits = commits;
    }

    int slot() {
        return slot;
    }

    @Override
    public void run() {
        try {
            while (!database.isClosed()) {
                commit(commits.next());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // the store is closed
        }
    }

    private void commit(List<Commits.Ticket> tickets) {
        number++;
        Group group = new Group(tickets, number);
        try {
            database.persist(() -> {
                commits.bury();
                return attempt(group);
            });
            tickets.forEach(ticket -> settle(ticket, group));
        } catch (PlatformException e) {
            giveUp(group.number);
            if (tickets.size() > 1 && !(e.getCause() instanceof AwayException) && !database.isClosed()) {
                tickets.forEach(ticket -> commit(List.of(ticket))); // one of them is to blame
            } else {
                tickets.forEach(ticket -> ticket.outcome().completeExceptionally(e));
            }
        } catch (RuntimeException e) {
            log.atError().setCause(e).log("A commit could not be carried out");
            giveUp(group.number);
            tickets.forEach(ticket -> ticket.outcome()
                    .completeExceptionally(new PlatformException(Problem.INTERNAL, String.valueOf(e), e)));
        }
    }

    private boolean attempt(Group group) {
        List<Statement> usual = statements(group.tickets); // made before, because a transaction holds rows
        return database.once(connection -> transact(connection, group, usual)
                .recover(e -> connection
                        .query("ROLLBACK")
                        .execute()
                        .transform(ignored ->
                                e instanceof DoneBefore ? Future.succeededFuture(true) : Future.failedFuture(e))));
    }

    /** What has to be known, then what follows from it, then the commit: three flights. */
    private Future<Boolean> transact(SqlConnection connection, Group group, List<Statement> usual) {
        Future<?> begun = connection
                .query(group.isDurable ? "BEGIN" : "BEGIN; SET LOCAL synchronous_commit = off")
                .execute();
        Future<RowSet<Row>> numbered =
                connection.preparedQuery(NUMBER).execute(Tuple.of(members.id(), slot, group.number));
        Future<RowSet<Row>> checked = connection.preparedQuery(EPOCHS).execute(Tuple.of((Object) group.partitions()));
        return Future.join(begun, numbered, checked).compose(known -> {
            if (numbered.result().size() == 0) {
                return Future.failedFuture(new DoneBefore());
            }
            Map<Integer, Long> epochs = new HashMap<>();
            checked.result().forEach(row -> epochs.put(row.getInteger(0), row.getLong(1)));
            group.epochs = epochs;
            List<Commits.Ticket> current = group.current();
            return change(connection, current.size() == group.tickets.size() ? usual : statements(current));
        });
    }

    private List<Statement> statements(List<Commits.Ticket> tickets) {
        Fold fold = new Fold();
        tickets.forEach(ticket -> ticket.changes().forEach(fold::add));
        meters.transaction(fold.size());
        return fold.statements();
    }

    private static Future<Boolean> change(SqlConnection connection, List<Statement> statements) {
        // the commit not along with them: a statement that never left this process would be missing in it
        return Future.join(statements.stream()
                        .map(statement -> statement.on(connection))
                        .toList())
                .compose(done -> connection.query("COMMIT").execute())
                .map(true);
    }

    private void settle(Commits.Ticket ticket, Group group) {
        @Nullable StaleEpochException stale = null;
        int refused = 0;
        for (Changes changes : ticket.changes()) {
            if (!group.isCurrent(changes)) {
                members.lost(changes.partition(), changes.epoch());
                long current = group.epochs.getOrDefault(changes.partition(), 0L);
                stale = new StaleEpochException(changes.partition(), changes.epoch(), current);
                refused++;
            }
        }
        if (stale == null) {
            ticket.outcome().complete(null);
        } else {
            meters.refused(refused);
            ticket.outcome().completeExceptionally(stale);
        }
    }

    private synchronized void giveUp(long ended) {
        givenUp = ended;
    }

    /** Takes the number of a transaction that was given up, so that it cannot be committed any more. */
    synchronized void bury() {
        if (givenUp != 0) {
            database.once(
                    connection -> connection.preparedQuery(NUMBER).execute(Tuple.of(members.id(), slot, givenUp)));
            givenUp = 0;
        }
    }
}
