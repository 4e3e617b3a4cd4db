package io.segmentdo.warehouse.erasure;

import io.segmentdo.identity.Colleagues;
import io.segmentdo.problem.PlatformException;
import io.segmentdo.problem.Problem;
import io.segmentdo.warehouse.Warehouse;
import io.segmentdo.warehouse.query.Reader;
import io.segmentdo.warehouse.upkeep.ErasureReceipt;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/*
 * What was accepted before, and where it may be:
 * - identified, in an outbox: it is loaded first, by whoever owns the partition;
 * - in a load that is under way, here or at a member that stood still and has lost its partitions: a load is put only into a
 *   state that has come exactly as far as it was read from, and that one has come further by then;
 * - in the tables, in old states and their files: they are removed;
 * - in copies of files for queries: all members remove them; one that does not answer is told of, one that has left the
 *   cluster does so by itself, when it is started or after a while;
 * - not identified, in a spool: it becomes a new profile, since the old one is deleted. The receipt says how much there was.
 */
/**
 * Erases profiles from the warehouse, on all members of a cluster.
 *
 * <p>Whatever ends an erasure before its receipt is there, it is to be asked for again, of any member. Safe for concurrent
 * use; calls block.
 */
public final class Erasures implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Erasures.class);
    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final long LOOK_MINUTES = 10;
    private static final String SPOOLS = "erasure-spools";
    private static final String COPIES = "erasure-copies";
    private static final String EVENTS = "events";

    /**
     * What was done, and what may come afterwards.
     *
     * @param receipt what was removed
     * @param spooled how many events members had accepted and not identified when it began; those of the person make a new
     *     profile
     * @param unknown the members that did not tell this
     */
    public record Outcome(ErasureReceipt receipt, long spooled, List<String> unknown) {
        public Outcome {
            unknown = List.copyOf(unknown);
        }
    }

    private final Warehouse warehouse;
    private final Reader reader;
    private final Colleagues colleagues;
    private final LongSupplier spooled;
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("copies-upkeep").daemon().factory());

    /** @param spooled how many events this member has accepted and not identified */
    @SuppressWarnings("FutureReturnValueIgnored") // ends with its thread
    public Erasures(Warehouse warehouse, Reader reader, Colleagues colleagues, LongSupplier spooled) {
        this.warehouse = warehouse;
        this.reader = reader;
        this.colleagues = colleagues;
        this.spooled = spooled;
        colleagues.answer(SPOOLS, question -> new JsonObject().put(EVENTS, spooled.getAsLong()));
        colleagues.answer(COPIES, question -> {
            reader.forgetRemoved();
            return new JsonObject();
        });
        thread.scheduleWithFixedDelay(this::lookAfterCopies, LOOK_MINUTES, LOOK_MINUTES, TimeUnit.MINUTES);
    }

    private void lookAfterCopies() {
        try {
            reader.forgetRemoved();
        } catch (RuntimeException e) {
            log.atWarn().setCause(e).log("Copies of removed files could not be looked for, it is tried again");
        }
    }

    /**
     * Removes everything about these profiles, which were deleted, from the tables of a workspace.
     *
     * @throws PlatformException {@link Problem#OVERLOADED} when a partition is not loaded, or a member does not say that it
     *     has removed its copies
     */
    public Outcome erase(String workspace, Set<String> profileIds) {
        Colleagues.Answers spools = ask(SPOOLS);
        long events = spooled.getAsLong();
        for (JsonObject answer : spools.byMember().values()) {
            events += answer.getLong(EVENTS);
        }
        try {
            ErasureReceipt receipt = warehouse.erase(workspace, profileIds);
            removeCopies();
            return new Outcome(receipt, events, spools.silent());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw interrupted(e);
        }
    }

    /** A member that hangs is asked until it answers or is left out. */
    private void removeCopies() {
        reader.forgetRemoved();
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        Colleagues.Answers answers = ask(COPIES);
        while (!answers.silent().isEmpty() && System.nanoTime() < deadline) {
            answers = ask(COPIES);
        }
        answers.refuseSilence("the rows are removed");
    }

    private Colleagues.Answers ask(String topic) {
        try {
            return colleagues
                    .askAll(topic, new JsonObject())
                    .toCompletionStage()
                    .toCompletableFuture()
                    .get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw interrupted(e);
        } catch (ExecutionException e) {
            throw new PlatformException(Problem.INTERNAL, "the other members cannot be asked", e.getCause());
        }
    }

    private static PlatformException interrupted(InterruptedException e) {
        return new PlatformException(Problem.OVERLOADED, "interrupted during an erasure (expected: again)", e);
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
