package io.segmentdo.connector;

import io.segmentdo.api.Delivery;
import io.segmentdo.api.DestinationContext;
import io.segmentdo.api.HttpRequest;
import io.segmentdo.api.HttpResponse;
import io.segmentdo.mapping.Mapping;
import io.segmentdo.mapping.Scope;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One run through the steps of a job. Confined to the thread of its connector. */
final class StepRun {
    private static final int OK_FROM = 200;
    private static final int OK_BELOW = 300;

    /** One request of a list, the same in every attempt. */
    private record Part(Object key, String step, int index) {}

    private record Answer(HttpResponse response, List<Delivery> outcomes) {}

    private final StepRunner.Job job;
    private final Protocol protocol;
    private final StepRunner.Memory memory;
    private final Credentials credentials;
    private final DestinationContext context;
    private Map<String, @Nullable Object> captured = new HashMap<>();
    private Scope scope;
    private List<Delivery> worst = List.of(Delivery.delivered());

    /** How often credentials were renewed: a request that was refused before that is sent again with the new ones. */
    private int renewals;

    StepRun(StepRunner.Job job, Protocol protocol, StepRunner.Memory memory) {
        this.job = job;
        this.protocol = protocol;
        this.memory = memory;
        this.credentials = protocol.credentials();
        this.context = protocol.context();
        this.scope = job.scope().with("step", captured);
    }

    /** One outcome for each event, or a single one for all. */
    List<Delivery> outcomes() throws IOException, UnauthorizedException, InterruptedException {
        sequence(job.steps());
        return worst;
    }

    /** What follows after steps: {@link StepPlan#CONTINUE} or {@link StepPlan#STOP}. */
    private String sequence(List<StepPlan> steps) throws IOException, UnauthorizedException, InterruptedException {
        String wanted = StepPlan.CONTINUE;
        for (StepPlan step : steps) {
            boolean isJumpedOver = !wanted.equals(StepPlan.CONTINUE) && !wanted.equals(step.name());
            if (isJumpedOver || !applies(step)) {
                continue;
            }
            wanted = take(step);
            if (wanted.equals(StepPlan.STOP)) {
                return wanted;
            }
        }
        return StepPlan.CONTINUE;
    }

    private boolean applies(StepPlan step) {
        return step.when().map(when -> Boolean.TRUE.equals(when.apply(scope))).orElse(true);
    }

    /** Does a step, or recalls it; what follows. */
    private String take(StepPlan step) throws IOException, UnauthorizedException, InterruptedException {
        List<Object> key = step.cache()
                .map(cache ->
                        List.<Object>of(step.name(), String.valueOf(cache.key().apply(scope))))
                .orElse(List.of());
        StepRunner.Captured known = memory.captured().get(key);
        if (known != null && isGood(step, known)) {
            bind(step, known.values());
            return StepPlan.CONTINUE;
        }
        if (step.each().isPresent()) {
            return each(step, step.each().get());
        }
        return step.request().isPresent() ? once(step, step.request().get(), key) : inside(step, key);
    }

    private boolean isGood(StepPlan step, StepRunner.Captured known) {
        boolean isInTime = context.clock().instant().isBefore(known.until());
        Optional<Mapping> condition = step.cache().flatMap(StepPlan.Cache::when);
        return isInTime
                && condition
                        .map(when -> Boolean.TRUE.equals(when.apply(recalling(step, known))))
                        .orElse(true);
    }

    private Scope recalling(StepPlan step, StepRunner.Captured known) {
        Map<String, @Nullable Object> recalled = new HashMap<>(captured);
        recalled.put(step.name(), known.values());
        return scope.with("step", recalled);
    }

    /** Sends one request. */
    private String once(StepPlan step, RequestPlan plan, List<Object> key)
            throws IOException, UnauthorizedException, InterruptedException {
        HttpRequest request = job.finish().apply(plan.make(scope, context.json()));
        Answer answer = judge(step, request, context.http().send(credentials.sign(request)), renewals);
        int status = answer.response().status();
        String next = step.next().get(status);
        if (next == null && !Outcomes.anyIsFine(answer.outcomes())) {
            worst = answer.outcomes();
            return StepPlan.STOP;
        }
        worst = next == null ? Outcomes.worse(worst, answer.outcomes(), job.events()) : worst;
        boolean isSuccess = status >= OK_FROM && status < OK_BELOW;
        Map<String, @Nullable Object> values = isSuccess ? capture(step, answer.response()) : new HashMap<>();
        values.put("status", status);
        if (isSuccess) {
            remember(step, key, values);
        }
        bind(step, values);
        return next == null ? StepPlan.CONTINUE : next;
    }

    /** Does the steps that a step consists of; what they captured is seen only inside. */
    private String inside(StepPlan step, List<Object> key)
            throws IOException, UnauthorizedException, InterruptedException {
        Map<String, @Nullable Object> outside = captured;
        Scope seen = scope;
        captured = new HashMap<>(outside);
        scope = scope.with("step", captured);
        String next = sequence(step.steps());
        Map<String, @Nullable Object> values = capture(step, scope.at(captured));
        captured = outside;
        scope = seen;
        if (next.equals(StepPlan.CONTINUE) && Outcomes.allAreFine(worst)) {
            remember(step, key, values);
        }
        bind(step, values);
        return next;
    }

    private void remember(StepPlan step, List<Object> key, Map<String, @Nullable Object> values) {
        step.cache().ifPresent(cache -> {
            Instant until = context.clock().instant().plus(cache.ttl());
            memory.captured().put(key, new StepRunner.Captured(values, until));
        });
    }

    /** An audience, once it is found, has an id too, beside what the event says of it. */
    private void bind(StepPlan step, Map<String, @Nullable Object> values) {
        captured.put(step.name(), values);
        Map<Object, @Nullable Object> known = new HashMap<>(values);
        if (scope.bindings().get(step.name()) instanceof Map<?, ?> before) {
            before.forEach(known::putIfAbsent);
        }
        scope = scope.with(step.name(), known);
    }

    /**
     * Sends a request for each item of a list, also after one that failed: none needs the answer to another. What is
     * captured of them is a list, {@code all}; then each is sent in every attempt.
     */
    private String each(StepPlan step, StepPlan.Each each)
            throws IOException, UnauthorizedException, InterruptedException {
        Object list = each.list().apply(scope);
        List<?> items = list instanceof List<?> many ? many : list == null ? List.of() : List.of(list);
        boolean isRemembered = job.key() != null && step.capture().isEmpty();
        List<Part> open = new ArrayList<>();
        for (int i = 0; i < items.size(); i++) {
            Part part = new Part(String.valueOf(job.key()), step.name(), i);
            if (!isRemembered || !memory.delivered().containsKey(part)) {
                open.add(part);
            }
        }
        List<Delivery> outcomes = List.of(Delivery.delivered());
        List<@Nullable Object> all = new ArrayList<>();
        for (int from = 0; from < open.size(); from += each.atOnce()) {
            List<Part> window = open.subList(from, Math.min(open.size(), from + each.atOnce()));
            List<HttpRequest> requests = new ArrayList<>();
            for (Part part : window) {
                Object item = items.get(part.index());
                RequestPlan plan = step.request().orElseThrow();
                requests.add(job.finish().apply(plan.make(scope.at(item).with("item", item), context.json())));
            }
            List<Optional<Answer>> answers = sendTogether(step, requests);
            for (int i = 0; i < window.size(); i++) {
                Answer answer = answers.get(i).orElse(null);
                if (answer != null && isDone(step, answer)) {
                    if (isRemembered) {
                        memory.delivered().put(window.get(i), true);
                    }
                    all.add(step.capture().isEmpty() ? null : capture(step, answer.response()));
                } else {
                    List<Delivery> failed = answer == null ? List.of(Delivery.retry("no response")) : answer.outcomes();
                    outcomes = Outcomes.graver(outcomes, failed, job.events());
                }
            }
        }
        Map<String, @Nullable Object> values = new HashMap<>();
        values.put("all", all);
        bind(step, values);
        worst = Outcomes.worse(worst, outcomes, job.events());
        return Outcomes.anyIsFine(worst) ? StepPlan.CONTINUE : StepPlan.STOP;
    }

    private static boolean isDone(StepPlan step, Answer answer) {
        return step.next().containsKey(answer.response().status()) || Outcomes.allAreFine(answer.outcomes());
    }

    /** Sends requests at the same time; one that got no response has none at its place. */
    private List<Optional<Answer>> sendTogether(StepPlan step, List<HttpRequest> requests)
            throws IOException, UnauthorizedException, InterruptedException {
        int signedAt = renewals;
        List<HttpRequest> signed = new ArrayList<>();
        for (HttpRequest request : requests) {
            signed.add(credentials.sign(request));
        }
        List<Optional<HttpResponse>> responses = context.http().sendAll(signed);
        List<Optional<Answer>> answers = new ArrayList<>();
        for (int i = 0; i < requests.size(); i++) {
            Optional<HttpResponse> response = responses.get(i);
            answers.add(
                    response.isEmpty()
                            ? Optional.empty()
                            : Optional.of(judge(step, requests.get(i), response.get(), signedAt)));
        }
        return answers;
    }

    /** What a response means; where the credentials were refused, the request is sent again with others, once. */
    private Answer judge(StepPlan step, HttpRequest request, HttpResponse response, int signedAt)
            throws IOException, UnauthorizedException, InterruptedException {
        Answer answer = read(step, response);
        if (answer.outcomes().stream().allMatch(Delivery.Unauthorized.class::isInstance)) {
            boolean isOutdated = signedAt < renewals;
            if (!isOutdated && !credentials.refused()) {
                return answer;
            }
            renewals += isOutdated ? 0 : 1;
            return read(step, context.http().send(credentials.sign(request)));
        }
        credentials.accepted();
        return answer;
    }

    private Answer read(StepPlan step, HttpResponse received) {
        HttpResponse response = protocol.read(received);
        if (job.splits().test(response)) {
            return new Answer(response, List.of(StepRunner.SPLIT));
        }
        ResponseRules rules = step.responses().orElse(job.rules());
        Instant now = context.clock().instant();
        return new Answer(response, rules.outcomes(job.events(), response, context.json(), now));
    }

    private Map<String, @Nullable Object> capture(StepPlan step, HttpResponse response) {
        return capture(step, ResponseRules.seeing(scope, response, context.json()));
    }

    private static Map<String, @Nullable Object> capture(StepPlan step, Scope seen) {
        Map<String, @Nullable Object> values = new HashMap<>();
        for (Map.Entry<String, Mapping> value : step.capture().entrySet()) {
            values.put(value.getKey(), value.getValue().apply(seen));
        }
        return values;
    }
}
