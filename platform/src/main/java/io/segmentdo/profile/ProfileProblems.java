package io.segmentdo.profile;

import io.segmentdo.problem.PlatformException;
import io.segmentdo.problem.Problem;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.HttpException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers failures of the Profile API with Segment's codes: {@code {"error":{"code":…,"message":…}}}. */
final class ProfileProblems implements Handler<RoutingContext> {
    private static final Logger log = LoggerFactory.getLogger(ProfileProblems.class);

    @Override
    public void handle(RoutingContext context) {
        Throwable failure = Objects.requireNonNullElseGet(
                context.failure(), () -> new HttpException(context.statusCode(), "The request cannot be answered"));
        switch (failure) {
            case ProfileRefusal refusal ->
                answer(context, status(refusal.problem()), refusal.code(), refusal.getMessage());
            case PlatformException known -> {
                if (known.problem() == Problem.NOT_OWNER) {
                    context.response().putHeader(HttpHeaders.RETRY_AFTER, "1");
                } else if (known.problem().kind() == Problem.Kind.INTERNAL) {
                    report(known);
                }
                answer(context, status(known.problem()), code(context, known.problem()), known.getMessage());
            }
            case HttpException refused ->
                answer(context, refused.getStatusCode(), "invalid_request_error", refused.getPayload());
            default -> {
                report(failure);
                answer(context, 500, "internal_error", "Something went wrong here; the log of the server tells more");
            }
        }
    }

    private static void report(Throwable failure) {
        log.atError().setCause(failure).log("A request of the Profile API failed");
    }

    private static int status(Problem problem) {
        return switch (problem) {
            case UNAUTHORIZED -> 401;
            case NOT_FOUND -> 404;
            case OVERLOADED -> 429;
            case INVALID_REQUEST, INVALID_CONFIG, DESTINATION_FAILED -> 400;
            case NOT_OWNER, STORAGE_FAILED -> 503;
            case INTERNAL -> 500;
        };
    }

    private static String code(RoutingContext context, Problem problem) {
        boolean isDeletion = context.normalizedPath().endsWith("/delete");
        return switch (problem) {
            case UNAUTHORIZED -> isDeletion ? "unauthorized" : "authentication_error";
            case NOT_FOUND -> "not_found";
            case OVERLOADED -> "rate_limit_error";
            case INVALID_REQUEST, INVALID_CONFIG, DESTINATION_FAILED -> isDeletion ? "bad_request" : "validation_error";
            case NOT_OWNER, STORAGE_FAILED, INTERNAL -> "internal_error";
        };
    }

    private static void answer(RoutingContext context, int status, String code, @Nullable String message) {
        if (context.response().ended() || context.response().headWritten()) {
            return;
        }
        JsonObject error = new JsonObject().put("code", code).put("message", String.valueOf(message));
        ProfileApi.answer(
                context.response().setStatusCode(status),
                new JsonObject().put("error", error).encode());
    }
}
