package io.segmentdo.app;

import io.segmentdo.problem.PlatformException;
import io.segmentdo.problem.Problem;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The parts that have started, to be stopped in reverse; one that fails to stop does not keep the others. */
final class Parts implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Parts.class);

    private final Duration deadline;
    private final Deque<AutoCloseable> started = new ArrayDeque<>();

    /** How long a single step may take. */
    Parts(Duration deadline) {
        this.deadline = deadline;
    }

    /** Remembers a part that has started. */
    <T extends AutoCloseable> T add(T part) {
        started.push(part);
        return part;
    }

    /** Waits for a step of a start or a stop. */
    <T> T await(Future<T> step) {
        try {
            return step.toCompletionStage().toCompletableFuture().get(deadline.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof PlatformException known) {
                throw known;
            }
            throw new PlatformException(Problem.INTERNAL, String.valueOf(e.getCause()), e.getCause());
        } catch (TimeoutException e) {
            throw new PlatformException(Problem.INTERNAL, "no answer within " + deadline, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new PlatformException(Problem.INTERNAL, "interrupted", e);
        }
    }

    @Override
    @SuppressWarnings("CatchingUnchecked") // whatever one part does, the others are stopped
    public void close() {
        while (!started.isEmpty()) {
            try {
                started.pop().close();
            } catch (Exception e) {
                log.atError().setCause(e).log("A part did not stop as it should");
            }
        }
    }
}
