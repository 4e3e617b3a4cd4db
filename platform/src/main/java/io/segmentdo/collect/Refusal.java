package io.segmentdo.collect;

import io.segmentdo.collect.CollectMeters.Outcome;
import io.segmentdo.problem.Problem;
import io.vertx.core.buffer.Buffer;

/**
 * Why a request is not answered with success.
 *
 * <p>Immutable.
 *
 * @param status the HTTP status
 * @param body the whole JSON body
 * @param retryAfterSeconds how long the sender should wait, 0 when there is no sense in trying again
 * @param outcome how the request is counted
 */
record Refusal(int status, Buffer body, long retryAfterSeconds, Outcome outcome) {
    static final Refusal MALFORMED = invalid("malformed JSON");
    static final Refusal INVALID_WRITE_KEY = invalid("An invalid write key was provided");
    static final Refusal TOO_LARGE = invalid("Exceed payload limit");
    static final Refusal METHOD_NOT_ALLOWED = of(405, "method_not_allowed", "method not allowed", 0, Outcome.INVALID);
    static final Refusal NOT_FOUND = of(404, Problem.NOT_FOUND.code(), "not found", 0, Outcome.INVALID);

    static final Refusal INTERNAL = of(500, Problem.INTERNAL.code(), "internal error", 0, Outcome.FAILED);

    static Refusal rateLimited(long retryAfterSeconds) {
        return of(429, "rate_limited", "rate limit exceeded", retryAfterSeconds, Outcome.RATE_LIMITED);
    }

    static Refusal overloaded(long retryAfterSeconds) {
        return of(503, Problem.OVERLOADED.code(), "overloaded, try again later", retryAfterSeconds, Outcome.OVERLOADED);
    }

    /** The log has not taken the events, for whatever reason. */
    static Refusal notStored(Problem problem, long retryAfterSeconds) {
        return problem == Problem.OVERLOADED
                ? overloaded(retryAfterSeconds)
                : of(503, problem.code(), "not stored, try again later", retryAfterSeconds, Outcome.OVERLOADED);
    }

    static Refusal notCommitted(long retryAfterSeconds) {
        return of(503, "not_committed", "not committed yet, try again later", retryAfterSeconds, Outcome.NOT_COMMITTED);
    }

    private static Refusal invalid(String message) {
        return of(400, Problem.INVALID_REQUEST.code(), message, 0, Outcome.INVALID);
    }

    private static Refusal of(int status, String code, String message, long retryAfterSeconds, Outcome outcome) {
        String body = "{\"success\":false,\"code\":\"%s\",\"message\":\"%s\",\"error\":\"%s\"}"
                .formatted(code, message, message);
        return new Refusal(status, Buffer.buffer(body), retryAfterSeconds, outcome);
    }
}
