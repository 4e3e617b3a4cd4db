package io.segmentdo.delivery;

import io.segmentdo.problem.PlatformException;
import io.segmentdo.problem.Problem;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** The lanes by their destinations, {@code <workspace>/<id>}, for whoever asks them. Safe for concurrent use. */
record Lanes(Map<String, Lane> byDestination) {
    private static final long ANSWER_SECONDS = 60;

    @Nullable
    Lane find(String destination) {
        return byDestination.get(destination);
    }

    /** The lane of a destination; fails with {@code NOT_FOUND} where there is none. */
    Lane require(String destination) {
        Lane lane = find(destination);
        if (lane == null) {
            throw new PlatformException(Problem.NOT_FOUND, "there is no destination " + destination);
        }
        return lane;
    }

    /** What a lane answers, in bounded time. */
    static <T> T answer(CompletableFuture<T> question) {
        try {
            return question.get(ANSWER_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new PlatformException(Problem.OVERLOADED, "interrupted while the destination was asked", e);
        } catch (TimeoutException e) {
            throw new PlatformException(Problem.OVERLOADED, "the destination does not answer", e);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof PlatformException problem
                    ? problem
                    : new PlatformException(Problem.INTERNAL, "the destination failed", e.getCause());
        }
    }
}
