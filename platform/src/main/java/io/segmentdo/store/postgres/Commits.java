package io.segmentdo.store.postgres;

import io.segmentdo.problem.PlatformException;
import io.segmentdo.problem.Problem;
import io.segmentdo.store.Changes;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * The commits that wait, and the writers that carry them out: a writer that is free takes all that wait, so the more
 * commits come at once, the more share a transaction.
 *
 * <p>Safe for concurrent use; callers wait.
 */
final class Commits implements AutoCloseable {
    private static final long BYTES_MAX = 4 << 20;

    /** One call to commit, and what becomes of it. */
    record Ticket(List<Changes> changes, boolean isDurable, long bytes, CompletableFuture<Void> outcome) {}

    private final Database database;
    private final LinkedBlockingQueue<Ticket> waiting = new LinkedBlockingQueue<>();
    private final List<Writer> writers = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();

    Commits(Database database, Members members, StoreMeters meters) {
        this.database = database;
        for (int slot = 0; slot < database.writers(); slot++) {
            writers.add(new Writer(slot, database, members, meters, this));
        }
        for (Writer writer : writers) {
            threads.add(Thread.ofVirtual().name("store-writer-" + writer.slot()).start(writer));
        }
    }

    int waiting() {
        return waiting.size();
    }

    void commit(List<Changes> changes, boolean isDurable) {
        database.checkOpen();
        Ticket ticket = new Ticket(changes, isDurable, bytes(changes), new CompletableFuture<>());
        waiting.add(ticket);
        if (database.isClosed()) {
            refuseAll();
        }
        try {
            ticket.outcome.get();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof PlatformException known
                    ? known
                    : new PlatformException(Problem.INTERNAL, String.valueOf(e.getCause()), e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new PlatformException(Problem.STORAGE_FAILED, "interrupted while a commit was under way", e);
        }
    }

    private static long bytes(List<Changes> changes) {
        long bytes = 0;
        for (Changes one : changes) {
            for (Changes.Change change : one.asList()) {
                bytes += change.key().length + (change.value() == null ? 0 : change.value().length);
            }
        }
        return bytes;
    }

    /** Waits for the next commits of one transaction. */
    List<Ticket> next() throws InterruptedException {
        List<Ticket> group = new ArrayList<>();
        Ticket first = waiting.take();
        group.add(first);
        long bytes = first.bytes;
        for (Ticket next = waiting.peek(); next != null && bytes + next.bytes <= BYTES_MAX; next = waiting.peek()) {
            Ticket taken = waiting.poll();
            if (taken == null) {
                break; // another writer was quicker
            }
            group.add(taken);
            bytes += taken.bytes;
        }
        return group;
    }

    /** Makes sure that nothing which a writer gave up can still be carried out. */
    void bury() {
        writers.forEach(Writer::bury);
    }

    private void refuseAll() {
        for (Ticket ticket = waiting.poll(); ticket != null; ticket = waiting.poll()) {
            ticket.outcome.completeExceptionally(new PlatformException(Problem.STORAGE_FAILED, "the store is closed"));
        }
    }

    /** To be called when the database is closed. */
    @Override
    public void close() {
        threads.forEach(Thread::interrupt);
        try {
            for (Thread thread : threads) {
                thread.join(5000);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        refuseAll();
    }
}
