package io.segmentdo.identity;

import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.eventbus.ReplyFailure;
import java.util.Arrays;
import java.util.Collection;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** How a lane says on the event bus that it did nothing, because partitions of a batch are not its own. Pure. */
public final class NotOwned {
    static final int CODE = 2;

    private NotOwned() {}

    static String message(Collection<Integer> partitions) {
        return partitions.stream().sorted().map(String::valueOf).collect(Collectors.joining(","));
    }

    /** The partitions that were not owned, when that is what a failed request says. */
    public static Optional<Set<Integer>> in(Throwable failure) {
        if (failure instanceof ReplyException reply
                && reply.failureType() == ReplyFailure.RECIPIENT_FAILURE
                && reply.failureCode() == CODE) {
            String message = String.valueOf(reply.getMessage());
            return Optional.of(Arrays.stream(message.split(",", -1))
                    .map(Integer::valueOf)
                    .collect(Collectors.toCollection(TreeSet::new)));
        }
        return Optional.empty();
    }
}
