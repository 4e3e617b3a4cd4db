package io.segmentdo.delivery;

import io.segmentdo.api.Delivery;
import io.segmentdo.api.RetryPolicy;
import io.segmentdo.delivery.DeliveryConfig.RetryConfig;
import io.segmentdo.event.Event;
import io.segmentdo.event.IdentifiedEvent;
import io.segmentdo.event.OutboxEntry;
import io.segmentdo.problem.PlatformException;
import io.segmentdo.problem.Problem;
import io.segmentdo.store.Keyspace;
import io.segmentdo.store.PartitionStore;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What is settled and what is not: every delivery that was read ends here as delivered, filtered, dead or stored for
 * another attempt, and the cursor passes its event in the commit that says so.
 *
 * <p>Longer than a page, because the ways in which a delivery ends change the same few things together: journal, cursor,
 * retries, lines and counts. Confined to its lane.
 */
final class Ledger {
    /** An entry of the outbox with its place there, or a stored delivery with what is known of its attempts. */
    record Candidate(
            OutboxEntry entry,
            Backlog.@Nullable Slot slot,
            @Nullable Retry retry) {}

    /** What a dead letter keeps of the last attempt. */
    record Evidence(String request, String response) {
        static final Evidence NONE = new Evidence("", "");
    }

    private final Services services;
    private final String destination;
    private final Journal journal;
    private final Backlog backlog;
    private final Retries retries;
    private Backoff backoff;
    private long giveUpMillis;
    private final DeliveryMeters meters;
    private final UnaryOperator<String> mask;
    private final Consumer<Item> ready;
    private final Lines lines = new Lines();
    /** Stored by the next flush; until then their events are in memory only. */
    private final List<Retry> unstored = new ArrayList<>();
    /** Loaded before their turn. */
    private final Set<Retry> ahead = Collections.newSetFromMap(new IdentityHashMap<>());

    private boolean ordered;

    private long fresh;
    private long loaded;
    private long opened;
    private long delivered;
    private long filtered;
    private long dead;
    private long deadLetters;
    private final Map<Integer, Long> deadLettersByPartition = new HashMap<>();
    private long replaying;

    /**
     * Begins without any partition.
     *
     * @param mask takes secrets out of what is kept
     * @param ready is given every delivery that may go now
     */
    Ledger(
            Services services,
            String destination,
            DeliveryMeters meters,
            UnaryOperator<String> mask,
            Consumer<Item> ready) {
        this.services = services;
        this.destination = destination;
        this.meters = meters;
        this.ready = ready;
        this.mask = mask;
        this.journal = new Journal(services.store());
        this.backlog = new Backlog(services.store(), services.outbox(), services.tails(), journal, destination);
        this.retries = new Retries(services.store(), destination);
        this.giveUpMillis = services.config().giveUpAfter().toMillis();
        this.backoff = new Backoff(services.config().retry(), new SplittableRandom());
    }

    /**
     * Goes on with a partition where its stored state ends. What was stored for later from beyond the cursor is dropped:
     * the outbox is read again from there, and it must not go before those of its profile that are read now.
     */
    void open(int partition, long epoch) {
        List<Retry> stored = retries.stored(partition);
        AtomicLong letters = new AtomicLong();
        Retries.scan(
                services.store(),
                partition,
                Keyspace.DEAD_LETTER,
                destination,
                (key, value) -> letters.incrementAndGet());
        backlog.open(partition, epoch);
        countDeadLetter(partition, letters.get());
        long cursor = backlog.storedCursor(partition);
        for (Retry retry : stored) {
            if (retry.key().position() >= cursor && !retry.key().isReplayed()) {
                delete(retry.key(), Keyspace.RETRY);
            } else {
                retries.added();
                opened++;
                replaying += retry.key().isReplayed() ? 1 : 0;
                queue(retry);
            }
        }
    }

    /** Reads no more, though what was read may still be settled. */
    void close() {
        backlog.close();
    }

    /**
     * Forgets a partition that has another owner now, which has its own account of all this.
     *
     * @param withdrawn its deliveries that were ready and will not go
     */
    void close(int partition, List<Item> withdrawn) {
        backlog.close(partition);
        journal.drop(partition);
        deadLetters -= deadLettersByPartition.getOrDefault(partition, 0L);
        deadLettersByPartition.remove(partition);
        for (Lines.Next behind : lines.withdraw(partition)) {
            switch (behind) {
                case Lines.Next.Fresh fresh -> withdraw(fresh.item().retry());
                case Lines.Next.Stored waiting -> forget(waiting.retry());
            }
        }
        for (Retry retry : retries.takeDue(partition)) {
            forget(retry);
            settleLine(retry.profileId());
        }
        for (Item item : withdrawn) {
            withdraw(item.retry());
            settleLine(item.profileId());
        }
    }

    /** Gives up on an entry of a partition that was closed, before it was planned. */
    void withdraw(Candidate candidate) {
        withdraw(candidate.retry());
        if (candidate.retry() != null) {
            settleLine(candidate.entry().profileId());
        }
    }

    private void withdraw(@Nullable Retry retry) {
        if (retry == null) {
            fresh--;
            opened--;
        } else {
            loaded--;
            forget(retry);
        }
    }

    /** A stored delivery is not counted here any more. */
    private void forget(Retry retry) {
        retries.removed();
        ahead.remove(retry);
        opened--;
        replaying -= retry.key().isReplayed() ? 1 : 0;
    }

    private void countDeadLetter(int partition, long change) {
        deadLetters += change;
        deadLettersByPartition.merge(partition, change, Long::sum);
    }

    /** Whether the deliveries of a profile go one after another from now on. */
    void order(boolean byProfile) {
        if (ordered && !byProfile) {
            for (Lines.Next next : lines.dissolve()) {
                release(next);
            }
        }
        ordered = byProfile;
    }

    /** Tries again as the destination wants it, or else as it is configured. */
    void retryBy(Optional<RetryPolicy> policy) {
        giveUpMillis = policy.map(RetryPolicy::giveUpAfter)
                .orElse(services.config().giveUpAfter())
                .toMillis();
        backoff = new Backoff(
                policy.map(wanted -> new RetryConfig(wanted.backoff(), wanted.backoffMax()))
                        .orElse(services.config().retry()),
                new SplittableRandom());
    }

    // ---- what there is to do

    /** How many more deliveries may be held in memory. */
    int memory() {
        return (int) Math.max(0, services.config().readAhead() - fresh - loaded - ahead.size());
    }

    /** Whether there is memory for new entries, and room among the retries for those that fail. */
    boolean mayRead() {
        return memory() > 0 && retries.count() < services.config().retryQueueMax();
    }

    /** Whether an entry waits for what another member delivers. */
    boolean waitsForOthers() {
        return backlog.waitsForOthers();
    }

    boolean hasUnread() {
        return backlog.unread() > 0;
    }

    long nextRetryMillis() {
        return retries.nextDueMillis();
    }

    /** The next entries of the outbox. */
    List<Candidate> read(int max) {
        List<Candidate> candidates = new ArrayList<>();
        for (Backlog.Taken taken : backlog.next(max, ordered)) {
            candidates.add(new Candidate(taken.entry(), taken.slot(), null));
        }
        fresh += candidates.size();
        long expired = backlog.takeExpired();
        filtered += expired;
        if (expired > 0) {
            meters.filtered("expired", expired);
        }
        return candidates;
    }

    /** The stored deliveries that are due, loaded; at most so many. */
    List<Candidate> readDue(long nowMillis, int max) {
        List<Retry> due = new ArrayList<>();
        for (Retry retry = retries.poll(nowMillis);
                retry != null;
                retry = due.size() < max ? retries.poll(nowMillis) : null) {
            due.add(retry);
        }
        load(due, max);
        List<Candidate> candidates = new ArrayList<>();
        for (Retry retry : due) {
            IdentifiedEvent event = backlog.owns(retry.key().partition()) ? retry.event() : null;
            if (event == null) {
                forget(retry);
                settleLine(retry.profileId());
            } else {
                loaded++;
                ahead.remove(retry);
                retry.keep(null);
                candidates.add(new Candidate(event, null, retry));
            }
        }
        return candidates;
    }

    /** Together with those that are next in their lines, as long as there is memory for them. */
    private void load(List<Retry> due, int max) {
        List<Retry> wanted = new ArrayList<>(due);
        if (due.stream().anyMatch(retry -> retry.event() == null)) {
            for (Retry head : due) {
                for (Retry next : lines.storedNext(head.profileId())) {
                    if (wanted.size() < max && next.event() == null && ahead.add(next)) {
                        wanted.add(next);
                    }
                }
            }
        }
        try {
            retries.load(wanted);
        } catch (RuntimeException e) {
            due.forEach(retries::schedule);
            wanted.subList(due.size(), wanted.size()).forEach(ahead::remove);
            throw e;
        }
    }

    // ---- how it ends

    /** The entry is not for this destination. */
    void filter(Candidate candidate, String reason) {
        filtered++;
        meters.filtered(reason, 1);
        if (candidate.retry() != null && candidate.retry().key().isReplayed()) {
            meters.replayed(DeliveryMeters.Replayed.FILTERED, 1);
        }
        close(candidate.slot(), candidate.retry());
        if (candidate.retry() != null) {
            settleLine(candidate.entry().profileId());
        }
    }

    /** The entry has become these deliveries; each one goes, or waits for those before it. */
    void admit(Candidate candidate, List<Item> items) {
        Backlog.Slot slot = candidate.slot();
        Retry retry = candidate.retry();
        if (slot != null) {
            backlog.expect(slot, items.size());
            fresh += items.size() - 1;
            opened += items.size() - 1;
        }
        for (Item item : items) {
            if (retry != null) {
                ready.accept(item.retriedBy(retry));
            } else if (slot != null) {
                admit(item.holding(slot));
            }
        }
    }

    private void admit(Item item) {
        Lines.Admission admission = ordered ? lines.admit(item) : Lines.Admission.GO;
        switch (admission) {
            case GO -> ready.accept(item);
            case WAITS -> {}
            case STORE -> lines.store(store(item, 0, 0, Long.MAX_VALUE));
        }
    }

    /** What became of a delivery that was attempted or refused. */
    void settle(Item item, Delivery outcome, Supplier<Evidence> evidence) {
        switch (outcome) {
            case Delivery.Delivered done -> deliver(item);
            case Delivery.Retry again -> retry(item, again.reason(), 0, evidence);
            case Delivery.RetryAfter later ->
                retry(item, later.reason(), later.delay().toMillis(), evidence);
            case Delivery.Unauthorized credentials -> retry(item, credentials.reason(), 0, evidence);
            case Delivery.Skipped none -> skip(item);
            case Delivery.Rejected never -> bury(item, never.reason(), evidence);
        }
    }

    private void deliver(Item item) {
        delivered++;
        if (item.retry() != null && item.retry().key().isReplayed()) {
            meters.delivered();
            meters.replayed(DeliveryMeters.Replayed.DELIVERED, 1);
        } else {
            meters.delivered(
                    services.clock().millis() - item.identified().event().receivedAtMillis());
        }
        end(item);
    }

    /** The connector has no use for it. */
    private void skip(Item item) {
        filtered++;
        meters.filtered("connector", 1);
        end(item);
    }

    /** @param askedMillis a delay that the destination asked for; it does not count as time in which it was tried in vain */
    private void retry(Item item, String reason, long askedMillis, Supplier<Evidence> evidence) {
        Retry before = item.retry();
        int attempts = before == null ? 1 : before.failedAttempts() + 1;
        long waited = before == null ? 0 : before.waitedMillis();
        if (waited >= giveUpMillis) {
            bury(item, "gave up after " + attempts + " attempts: " + reason, evidence);
            return;
        }
        long delay = backoff.delayMillis(attempts);
        meters.retried();
        postpone(item, attempts, waited + delay, Math.max(delay, askedMillis));
    }

    private void postpone(Item item, int attempts, long waitedMillis, long delayMillis) {
        retries.schedule(store(item, attempts, waitedMillis, services.clock().millis() + delayMillis));
        if (ordered) {
            List<Retry> behind = new ArrayList<>();
            for (Item waiting : lines.headFailed(item.profileId())) {
                behind.add(store(waiting, 0, 0, Long.MAX_VALUE));
            }
            lines.storedBehindHead(item.profileId(), behind);
        }
    }

    /** Stores a delivery for later, so that the cursor may pass its event. */
    private Retry store(Item item, int attempts, long waitedMillis, long dueMillis) {
        Retry retry = new Retry(item.key(), item.profileId(), attempts, waitedMillis, dueMillis);
        put(retry.key(), Keyspace.RETRY, retry.encode(item.identified()));
        retry.keep(item.identified());
        unstored.add(retry);
        if (item.retry() != null) {
            loaded--;
        } else {
            retries.added();
            fresh--;
            Backlog.Slot slot = item.slot();
            if (slot != null) {
                backlog.settle(slot);
            }
        }
        return retry;
    }

    private void bury(Item item, String reason, Supplier<Evidence> evidence) {
        Retry before = item.retry();
        int attempts = before == null ? 1 : before.failedAttempts() + 1;
        if (deadLetters >= services.config().deadLettersMax()) {
            long waited = before == null ? 0 : before.waitedMillis();
            postpone(
                    item,
                    attempts,
                    waited,
                    services.config().retry().backoffMax().toMillis());
            return;
        }
        Evidence kept = evidence.get();
        DeliveryKey key = item.key();
        Event event = item.identified().event();
        put(
                key,
                Keyspace.DEAD_LETTER,
                new DeadLetter(
                                key.toString(),
                                services.clock().millis(),
                                mask.apply(reason),
                                attempts,
                                item.profileId(),
                                kept.request(),
                                kept.response(),
                                event)
                        .encode());
        dead++;
        countDeadLetter(key.partition(), backlog.owns(key.partition()) ? 1 : 0);
        meters.dead();
        if (key.isReplayed()) {
            meters.replayed(DeliveryMeters.Replayed.DEAD, 1);
        }
        end(item);
    }

    private void end(Item item) {
        close(item.slot(), item.retry());
        settleLine(item.profileId());
    }

    private void close(Backlog.@Nullable Slot slot, @Nullable Retry retry) {
        if (retry != null) {
            loaded--;
            retries.removed();
            replaying -= retry.key().isReplayed() ? 1 : 0;
            delete(retry.key(), Keyspace.RETRY);
        } else if (slot != null) {
            fresh--;
            backlog.settle(slot);
        }
    }

    private void settleLine(String profileId) {
        if (ordered) {
            Lines.Next next = lines.headSettled(profileId);
            if (next != null) {
                release(next);
            }
        }
    }

    private void release(Lines.Next next) {
        switch (next) {
            case Lines.Next.Fresh fresh -> ready.accept(fresh.item());
            case Lines.Next.Stored stored -> {
                Retry retry = stored.retry();
                retry.dueAt(Math.min(retry.dueMillis(), services.clock().millis()));
                retries.schedule(retry);
            }
        }
    }

    /** A stored delivery takes its place: at its time, or behind others of its profile. */
    private void queue(Retry retry) {
        if (!ordered || lines.store(retry)) {
            retry.dueAt(retry.dueMillis() == Long.MAX_VALUE ? 0 : retry.dueMillis());
            retries.schedule(retry);
        }
    }

    // ---- replays

    /**
     * Takes events of the past over, each for some subscriptions; when this returns, they are durable.
     *
     * @param routes of each event, in their order
     */
    void take(List<IdentifiedEvent> events, List<List<Integer>> routes) {
        List<Retry> taken = new ArrayList<>();
        long unwanted = 0;
        for (int i = 0; i < events.size(); i++) {
            IdentifiedEvent event = events.get(i);
            unwanted += routes.get(i).isEmpty() ? 1 : 0;
            for (int route : routes.get(i)) {
                DeliveryKey key = new DeliveryKey(event.partition(), event.position(), route);
                Retry retry =
                        new Retry(key, event.profileId(), 0, 0, services.clock().millis());
                put(key, Keyspace.RETRY, retry.encode(event));
                taken.add(retry);
            }
        }
        flushDurably();
        for (Retry retry : taken) {
            opened++;
            replaying++;
            retries.added();
            queue(retry);
        }
        meters.replayed(DeliveryMeters.Replayed.TAKEN, taken.size());
        meters.replayed(DeliveryMeters.Replayed.FILTERED, unwanted);
    }

    /** How many deliveries of replays are not settled. */
    long replaying() {
        return replaying;
    }

    /** How many partitions are ours. */
    int owned() {
        return backlog.owned().size();
    }

    /** A partition that is ours, the same for the same profile as long as they are. */
    int partitionFor(String profileId) {
        List<Integer> owned = backlog.owned();
        if (owned.isEmpty()) {
            throw new PlatformException(Problem.OVERLOADED, "this node owns no partition");
        }
        return owned.get(Math.floorMod(profileId.hashCode(), owned.size()));
    }

    // ---- dead letters

    /** Gives a dead letter another life; false when there is none of this key. */
    boolean replay(DeliveryKey key) {
        byte[] value = deadLetter(key);
        if (value == null) {
            return false;
        }
        DeadLetter letter = DeadLetter.decode(key, value);
        IdentifiedEvent event =
                new IdentifiedEvent(key.partition(), key.position(), letter.profileId(), letter.event());
        Retry retry = new Retry(key, letter.profileId(), 0, 0, services.clock().millis());
        put(key, Keyspace.RETRY, retry.encode(event));
        delete(key, Keyspace.DEAD_LETTER);
        countDeadLetter(key.partition(), -1);
        opened++;
        retries.added();
        queue(retry);
        return true;
    }

    private byte @Nullable [] deadLetter(DeliveryKey key) {
        return backlog.owns(key.partition())
                ? services.store().read(key.partition(), Keyspace.DEAD_LETTER, key.toBytes(destination))
                : null;
    }

    /** Forgets a dead letter; false when there is none of this key. */
    boolean forget(DeliveryKey key) {
        if (deadLetter(key) == null) {
            return false;
        }
        delete(key, Keyspace.DEAD_LETTER);
        countDeadLetter(key.partition(), -1);
        return true;
    }

    // ---- the store

    /** Asks, on any thread, whether these are still this node's to deliver, as far as is known here. */
    BooleanSupplier ownership(List<Item> items) {
        PartitionStore store = services.store();
        Map<Integer, Long> epochs = new HashMap<>();
        for (Item item : items) {
            epochs.put(item.key().partition(), backlog.epoch(item.key().partition()));
        }
        return () -> store.isAlive()
                && epochs.entrySet().stream().allMatch(owned -> store.owns(owned.getKey(), owned.getValue()));
    }

    private void put(DeliveryKey key, Keyspace keyspace, byte[] value) {
        if (backlog.owns(key.partition())) {
            journal.put(key.partition(), backlog.epoch(key.partition()), keyspace, key.toBytes(destination), value);
        }
    }

    private void delete(DeliveryKey key, Keyspace keyspace) {
        if (backlog.owns(key.partition())) {
            journal.delete(key.partition(), backlog.epoch(key.partition()), keyspace, key.toBytes(destination));
        }
    }

    /** Whether there is something to {@link #flush}. */
    boolean isDirty() {
        return backlog.hasMoved() || !journal.isEmpty();
    }

    boolean isLarge() {
        return journal.isLarge();
    }

    /** Stores everything that was decided; can be repeated when it fails. */
    void flush() {
        backlog.journalCursors();
        journal.flush();
        stored();
    }

    /** The same, and a power failure does not take it back. */
    private void flushDurably() {
        backlog.journalCursors();
        journal.flushDurably();
        stored();
    }

    private void stored() {
        backlog.cursorsStored();
        unstored.forEach(retry -> retry.keep(null));
        unstored.clear();
    }

    /** The cursor of a partition in the store. Any thread. */
    long storedCursor(int partition) {
        return backlog.storedCursor(partition);
    }

    DestinationCounts counts() {
        return new DestinationCounts(
                backlog.taken() + opened,
                delivered,
                filtered,
                dead,
                backlog.unread() + fresh + retries.count(),
                retries.count(),
                deadLetters,
                backlog.oldestMillis());
    }
}
