package io.segmentdo.delivery;

import io.segmentdo.identity.Colleagues;
import io.segmentdo.problem.PlatformException;
import io.segmentdo.problem.Problem;
import io.segmentdo.store.Keyspace;
import io.segmentdo.store.PartitionStore;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The deliveries that were given up: to be looked at, given another life, or forgotten, whichever member owns their
 * partitions.
 *
 * <p>All calls block and none may be made on an event loop. Safe for concurrent use. They fail with {@code NOT_FOUND} for
 * a destination that does not exist and {@code OVERLOADED} when it does not answer.
 */
public final class DeadLetters {
    private static final Logger LOG = LoggerFactory.getLogger(DeadLetters.class);
    static final int PAGE_MAX = 1000;

    /**
     * Some dead letters, in the order of their places in the outbox.
     *
     * @param letters at most as many as were asked for
     * @param next where the next page begins; empty at the end
     */
    public record Page(List<DeadLetter> letters, Optional<String> next) {
        public Page {
            letters = List.copyOf(letters);
        }
    }

    private static final String TOPIC = "dead-letters";

    /** What every member does for the partitions that it owns. */
    private enum Task {
        SHOW,
        REPLAY,
        DELETE
    }

    private final PartitionStore store;
    private final Lanes lanes;
    private final Colleagues colleagues;

    DeadLetters(PartitionStore store, Lanes lanes, Colleagues colleagues) {
        this.store = store;
        this.lanes = lanes;
        this.colleagues = colleagues;
        colleagues.answer(TOPIC, this::answer);
    }

    /**
     * The dead letters of a destination.
     *
     * @param destination {@code <workspace>/<id>}
     * @param after what {@link Page#next} said, or empty for the first page
     * @param limit from 1 to 1,000
     */
    public Page list(String destination, Optional<String> after, int limit) {
        lanes.require(destination);
        if (limit < 1 || limit > PAGE_MAX) {
            throw new PlatformException(
                    Problem.INVALID_REQUEST, "limit: " + limit + " (expected: 1 to " + PAGE_MAX + ")");
        }
        everywhere(Task.SHOW, destination, List.of());
        DeliveryKey start = after.map(DeadLetters::parse).orElse(new DeliveryKey(0, -1, 0));
        List<DeadLetter> letters = new ArrayList<>();
        for (int partition = start.partition(); partition < store.partitions() && letters.size() < limit; partition++) {
            byte[] from = DeliveryKey.start(destination);
            if (partition == start.partition() && start.position() >= 0) {
                byte[] last = start.toBytes(destination);
                from = Arrays.copyOf(last, last.length + 1);
            }
            byte[] end = DeliveryKey.end(destination);
            for (var entry : store.scan(partition, Keyspace.DEAD_LETTER, from, end, limit - letters.size())) {
                letters.add(DeadLetter.decode(DeliveryKey.ofBytes(partition, entry.key()), entry.value()));
            }
        }
        boolean more = letters.size() == limit;
        return new Page(letters, more ? Optional.of(letters.getLast().id()) : Optional.empty());
    }

    /** Delivers these again; returns how many of them there were. */
    public int replay(String destination, Collection<String> ids) {
        return complete(everywhere(Task.REPLAY, destination, ids));
    }

    /** Delivers all again; returns how many there were. */
    public int replayAll(String destination) {
        int replayed = 0;
        Optional<String> after = Optional.empty();
        do {
            Page page = list(destination, after, PAGE_MAX);
            replayed += replay(
                    destination, page.letters().stream().map(DeadLetter::id).toList());
            after = page.next();
        } while (after.isPresent());
        return replayed;
    }

    /** Forgets these; returns how many of them there were. */
    public int delete(String destination, Collection<String> ids) {
        return complete(everywhere(Task.DELETE, destination, ids));
    }

    // ---- all members

    /** What came of a task: how many letters it was about, and what the others said. */
    private record Done(int letters, Colleagues.Answers others) {}

    private Done everywhere(Task task, String destination, Collection<String> ids) {
        JsonObject question = new JsonObject()
                .put("task", task.name())
                .put("destination", destination)
                .put("ids", new JsonArray(List.copyOf(ids)));
        CompletableFuture<Colleagues.Answers> others =
                colleagues.askAll(TOPIC, question).toCompletionStage().toCompletableFuture();
        int letters = here(task, destination, ids);
        Colleagues.Answers answers = Lanes.answer(others);
        for (JsonObject other : answers.byMember().values()) {
            letters += other.getInteger("letters", 0);
        }
        return new Done(letters, answers);
    }

    /** A member that is silent may have letters of its own; the call may be repeated. */
    private static int complete(Done done) {
        done.others.refuseSilence("done for " + done.letters + " dead letters");
        return done.letters;
    }

    private JsonObject answer(JsonObject question) {
        List<String> ids =
                question.getJsonArray("ids").stream().map(String::valueOf).toList();
        Task task = Task.valueOf(question.getString("task"));
        return new JsonObject().put("letters", here(task, question.getString("destination"), ids));
    }

    private int here(Task task, String destination, Collection<String> ids) {
        Lane lane = lanes.require(destination);
        List<DeliveryKey> keys = ids.stream().map(DeadLetters::parse).toList();
        return switch (task) {
            case SHOW -> {
                show(lane);
                yield 0;
            }
            case REPLAY -> Lanes.answer(lane.replay(keys));
            case DELETE -> Lanes.answer(lane.forget(keys));
        };
    }

    private static DeliveryKey parse(String id) {
        return DeliveryKey.parse(id)
                .orElseThrow(() -> new PlatformException(
                        Problem.INVALID_REQUEST, "id: " + id + " (expected: the id of a dead letter)"));
    }

    /** What has just died is still in the lane's hands; one that is held up shows what it has stored. */
    private static void show(Lane lane) {
        try {
            lane.store().get(1, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (TimeoutException | ExecutionException e) {
            LOG.atDebug().setCause(e).log("The last dead letters are not shown");
        }
    }
}
