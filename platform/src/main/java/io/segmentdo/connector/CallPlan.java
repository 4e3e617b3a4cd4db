package io.segmentdo.connector;

import io.segmentdo.api.HttpRequest;
import io.segmentdo.mapping.Scope;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What is done at other times than for an event: a test of the credentials, the deletion of a user.
 *
 * <p>Immutable.
 *
 * @param steps what is sent
 * @param responses what the answers mean
 */
record CallPlan(List<StepPlan> steps, ResponseRules responses) {
    /** Reads an object with {@code request} or {@code steps}, and {@code response}. */
    static CallPlan read(YamlObject call, Set<String> names, Set<String> secrets) {
        call.allow("forEach", "request", "steps", "response");
        return new CallPlan(StepReader.read(call, names, secrets), ResponseRules.read(call));
    }

    StepRunner.Job job(Scope scope, @Nullable Object key, UnaryOperator<HttpRequest> finish) {
        return new StepRunner.Job(steps, responses, scope, 1, key, finish, response -> false);
    }
}
