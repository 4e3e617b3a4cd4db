package io.segmentdo.connector;

import io.segmentdo.api.Delivery;
import io.segmentdo.api.DestinationContext;
import io.segmentdo.api.HttpRequest;
import io.segmentdo.api.HttpResponse;
import io.segmentdo.mapping.Mapping;
import io.segmentdo.mapping.MappingException;
import io.segmentdo.mapping.Scope;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Sends the requests of steps, one after another. What an earlier attempt has delivered of a list is not sent again, and
 * credentials that were refused are renewed once. Confined to the thread of its connector.
 */
final class StepRunner {
    private static final int OK_FROM = 200;
    private static final int OK_BELOW = 300;

    /** Says that the events are to be tried again in smaller groups. */
    static final Delivery SPLIT = Delivery.retry("to be split");

    private record Remembered(Map<String, @Nullable Object> values, Instant until) {}

    private record Part(Object key, String step, int index) {}

    private record Answer(HttpResponse response, List<Delivery> outcomes) {}

    private final Protocol protocol;
    private final Credentials credentials;
    private final DestinationContext context;
    private final Recent<Remembered> remembered = new Recent<>();
    private final Recent<Boolean> delivered = new Recent<>();

    StepRunner(Protocol protocol) {
        this.protocol = protocol;
        this.credentials = protocol.credentials();
        this.context = protocol.context();
    }

    /**
     * What is to be done.
     *
     * @param steps at least one
     * @param rules what responses mean
     * @param scope what mappings see
     * @param events how many outcomes a response has
     * @param key names it, the same in every attempt; null where parts of it are not remembered
     * @param finish completes a request before it gets credentials
     * @param splits whether a response means that there was too much in the request
     */
    record Job(
            List<StepPlan> steps,
            ResponseRules rules,
            Scope scope,
            int events,
            @Nullable Object key,
            UnaryOperator<HttpRequest> finish,
            Predicate<HttpResponse> splits) {}

    /** One outcome for each, or a single one for all; whatever goes wrong is an outcome too. */
    List<Delivery> run(Job job) throws InterruptedException {
        try {
            return new Run(job).outcomes();
        } catch (MappingException refused) {
            return List.of(Delivery.rejected(String.valueOf(refused.getMessage())));
        } catch (IllegalArgumentException noUrl) {
            // its message would repeat parts of the event
            return List.of(Delivery.rejected(DeclaredConnector.NO_REQUEST));
        } catch (UnauthorizedException refused) {
            return List.of(Delivery.unauthorized(refused.reason()));
        } catch (IOException noResponse) {
            return List.of(
                    Delivery.retry("no response: " + noResponse.getClass().getSimpleName()));
        }
    }

    /** One run through the steps. */
    private final class Run {
        private final Job job;
        private final Map<String, @Nullable Object> captured = new HashMap<>();
        private Scope scope;
        private List<Delivery> worst = List.of(Delivery.delivered());

        Run(Job job) {
            this.job = job;
            this.scope = job.scope().with("step", captured);
        }

        List<Delivery> outcomes() throws IOException, UnauthorizedException, InterruptedException {
            String wanted = StepPlan.CONTINUE;
            for (StepPlan step : job.steps()) {
                boolean isJumpedOver = !wanted.equals(StepPlan.CONTINUE) && !wanted.equals(step.name());
                if (isJumpedOver || !applies(step)) {
                    continue;
                }
                wanted = step.forEach().isPresent() ? each(step) : once(step);
                if (wanted.equals(StepPlan.STOP)) {
                    return worst;
                }
            }
            return worst;
        }

        private boolean applies(StepPlan step) {
            return step.when()
                    .map(when -> Boolean.TRUE.equals(when.apply(scope)))
                    .orElse(true);
        }

        /** Sends one request; what follows. */
        private String once(StepPlan step) throws IOException, UnauthorizedException, InterruptedException {
            List<Object> cacheKey = step.cache()
                    .map(cache -> List.<Object>of(
                            step.name(), String.valueOf(cache.key().apply(scope))))
                    .orElse(List.of());
            Remembered known = remembered.get(cacheKey);
            if (known != null && context.clock().instant().isBefore(known.until())) {
                bind(step, known.values());
                return StepPlan.CONTINUE;
            }
            Answer answer = send(step, scope);
            int status = answer.response().status();
            String next = step.next().get(status);
            if (next == null && answer.outcomes().stream().noneMatch(StepRunner::isFine)) {
                worst = answer.outcomes();
                return StepPlan.STOP;
            }
            worst = next == null ? worse(worst, answer.outcomes(), job.events()) : worst;
            boolean isSuccess = status >= OK_FROM && status < OK_BELOW;
            Map<String, @Nullable Object> values = isSuccess ? capture(step, answer.response()) : new HashMap<>();
            values.put("status", status);
            if (isSuccess && step.cache().isPresent()) {
                Instant until =
                        context.clock().instant().plus(step.cache().get().ttl());
                remembered.put(cacheKey, new Remembered(values, until));
            }
            bind(step, values);
            return next == null ? StepPlan.CONTINUE : next;
        }

        private void bind(StepPlan step, Map<String, @Nullable Object> values) {
            captured.put(step.name(), values);
            scope = scope.with(step.name(), values);
        }

        /**
         * Sends a request for each item of a list, also after one that failed: none needs the answer to another. What is
         * captured of them is a list, {@code all}; then each is sent in every attempt.
         */
        private String each(StepPlan step) throws IOException, UnauthorizedException, InterruptedException {
            Object list = step.forEach().orElseThrow().apply(scope);
            List<?> items = list instanceof List<?> many ? many : list == null ? List.of() : List.of(list);
            List<Delivery> outcomes = List.of(Delivery.delivered());
            List<@Nullable Object> all = new ArrayList<>();
            boolean isRemembered = job.key() != null && step.capture().isEmpty();
            int index = 0;
            for (Object item : items) {
                Part part = new Part(String.valueOf(job.key()), step.name(), index++);
                if (!isRemembered || !delivered.containsKey(part)) {
                    Answer answer = send(step, scope.at(item).with("item", item));
                    boolean isDone = step.next().containsKey(answer.response().status())
                            || answer.outcomes().stream().allMatch(StepRunner::isFine);
                    if (isDone) {
                        if (isRemembered) {
                            delivered.put(part, true);
                        }
                        all.add(step.capture().isEmpty() ? null : capture(step, answer.response()));
                    } else {
                        outcomes = graver(outcomes, answer.outcomes(), job.events());
                    }
                }
            }
            Map<String, @Nullable Object> values = new HashMap<>();
            values.put("all", all);
            bind(step, values);
            worst = worse(worst, outcomes, job.events());
            return worst.stream().anyMatch(StepRunner::isFine) ? StepPlan.CONTINUE : StepPlan.STOP;
        }

        private Answer send(StepPlan step, Scope seen) throws IOException, UnauthorizedException, InterruptedException {
            HttpRequest request = job.finish().apply(step.request().make(seen, context.json()));
            Answer answer = answer(step, credentials.sign(request));
            if (answer.outcomes().stream().allMatch(Delivery.Unauthorized.class::isInstance)) {
                return credentials.refused() ? answer(step, credentials.sign(request)) : answer;
            }
            credentials.accepted();
            return answer;
        }

        private Answer answer(StepPlan step, HttpRequest request) throws IOException, InterruptedException {
            HttpResponse response = protocol.read(context.http().send(request));
            if (job.splits().test(response)) {
                return new Answer(response, List.of(SPLIT));
            }
            ResponseRules rules = step.responses().orElse(job.rules());
            return new Answer(
                    response,
                    rules.outcomes(
                            job.events(),
                            response,
                            context.json(),
                            context.clock().instant()));
        }

        private Map<String, @Nullable Object> capture(StepPlan step, HttpResponse response) {
            Scope body = scope.at(ResponseRules.body(response, context.json())).with("status", response.status());
            Map<String, @Nullable Object> values = new HashMap<>();
            for (Map.Entry<String, Mapping> value : step.capture().entrySet()) {
                values.put(value.getKey(), value.getValue().apply(body));
            }
            return values;
        }
    }

    private static boolean isFine(Delivery outcome) {
        return outcome instanceof Delivery.Delivered || outcome instanceof Delivery.Skipped;
    }

    /** Per event, the one of two outcomes that is no delivery. */
    private static List<Delivery> worse(List<Delivery> earlier, List<Delivery> later, int events) {
        if (earlier.size() == 1 && isFine(earlier.getFirst())) {
            return later;
        }
        var worst = new ArrayList<Delivery>();
        for (int i = 0; i < events; i++) {
            Delivery one = earlier.get(earlier.size() == 1 ? 0 : i);
            worst.add(isFine(one) ? later.get(later.size() == 1 ? 0 : i) : one);
        }
        return worst;
    }

    /** Per event, the one of two outcomes after which more is left to do. */
    private static List<Delivery> graver(List<Delivery> earlier, List<Delivery> later, int events) {
        var gravest = new ArrayList<Delivery>();
        for (int i = 0; i < events; i++) {
            Delivery one = earlier.get(earlier.size() == 1 ? 0 : i);
            Delivery other = later.get(later.size() == 1 ? 0 : i);
            gravest.add(gravity(one) >= gravity(other) ? one : other);
        }
        return gravest;
    }

    private static int gravity(Delivery outcome) {
        return switch (outcome) {
            case Delivery.Delivered done -> 0;
            case Delivery.Skipped none -> 0;
            case Delivery.Rejected never -> 1;
            case Delivery.Retry again -> 2;
            case Delivery.RetryAfter later -> 3;
            case Delivery.Unauthorized credentials -> 4;
        };
    }
}
