package io.segmentdo.connector;

import io.segmentdo.mapping.Mapping;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One request of an action, or several that belong together, and what later ones take from it.
 *
 * <p>Immutable.
 *
 * @param name by which later steps refer to it
 * @param when whether it is done at all
 * @param each a list for each item of which its request is sent
 * @param request what is sent; empty for a step that consists of others
 * @param steps what it consists of, where it is no request
 * @param capture values by name: of the response, or of the steps inside
 * @param cache how long what was captured is remembered
 * @param responses what its responses mean, where that differs from those of the action's other requests
 * @param next what follows after statuses that are no success: a later step, {@link #CONTINUE} or {@link #STOP}
 */
record StepPlan(
        String name,
        Optional<Mapping> when,
        Optional<Each> each,
        Optional<RequestPlan> request,
        List<StepPlan> steps,
        Map<String, Mapping> capture,
        Optional<Cache> cache,
        Optional<ResponseRules> responses,
        Map<Integer, String> next) {
    /** The next step follows. */
    static final String CONTINUE = "continue";

    /** Nothing follows, and all is well. */
    static final String STOP = "stop";

    /**
     * For what a request is sent more than once.
     *
     * @param list an item for each request
     * @param atOnce how many of them may be under way
     */
    record Each(Mapping list, int atOnce) {}

    /**
     * How what a step captured is remembered.
     *
     * @param key of what is remembered
     * @param when whether it is still good, judged by what was captured; else the step is done again
     * @param ttl for how long
     */
    record Cache(Mapping key, Optional<Mapping> when, Duration ttl) {}

    StepPlan {
        steps = List.copyOf(steps);
        capture = Map.copyOf(capture);
        next = Map.copyOf(next);
    }

    /** A request that is all there is. */
    static StepPlan only(RequestPlan request, Optional<Each> each) {
        return new StepPlan(
                "request",
                Optional.empty(),
                each,
                Optional.of(request),
                List.of(),
                Map.of(),
                Optional.empty(),
                Optional.empty(),
                Map.of());
    }

    /** Whether it needs no more than to be sent. */
    boolean isPlain() {
        return request.isPresent() && when.isEmpty() && each.isEmpty() && capture.isEmpty() && next.isEmpty();
    }
}
