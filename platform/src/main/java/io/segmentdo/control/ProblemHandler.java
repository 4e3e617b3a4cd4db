package io.segmentdo.control;

import io.segmentdo.problem.PlatformException;
import io.segmentdo.problem.Problem;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.HttpException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns every failure of a request into one JSON answer; the only place that knows which problem has which status. Safe
 * for concurrent use.
 */
public final class ProblemHandler implements Handler<RoutingContext> {
    private static final Logger log = LoggerFactory.getLogger(ProblemHandler.class);

    /** The HTTP status of a problem. */
    public static int status(Problem problem) {
        return switch (problem) {
            case UNAUTHORIZED -> 401;
            case NOT_FOUND -> 404;
            case INVALID_REQUEST -> 400;
            case INVALID_CONFIG -> 422;
            case DESTINATION_FAILED -> 502;
            case OVERLOADED -> 429;
            case NOT_OWNER, STORAGE_FAILED -> 503;
            case INTERNAL -> 500;
        };
    }

    /** The body of an answer: {@code {"error":{"code":…,"message":…}}}. */
    public static JsonObject body(Problem problem, String message) {
        return new JsonObject()
                .put("error", new JsonObject().put("code", problem.code()).put("message", message));
    }

    @Override
    public void handle(RoutingContext context) {
        Throwable failure = context.failure();
        if (failure instanceof PlatformException known) {
            answer(context, status(known.problem()), body(known.problem(), String.valueOf(known.getMessage())));
            if (known.problem().kind() == Problem.Kind.INTERNAL) {
                report(context, failure);
            }
        } else if (failure instanceof HttpException refused) {
            answer(context, refused.getStatusCode(), callerBody(refused.getStatusCode(), refused.getPayload()));
        } else if (failure == null && context.statusCode() > 0 && context.statusCode() < 500) {
            answer(context, context.statusCode(), callerBody(context.statusCode(), null));
        } else {
            answer(context, 500, body(Problem.INTERNAL, "Something went wrong here; the log of the server tells more"));
            report(context, failure);
        }
    }

    private static JsonObject callerBody(int status, @Nullable String message) {
        Problem problem = status == 404 ? Problem.NOT_FOUND : Problem.INVALID_REQUEST;
        return body(problem, message == null ? "The request cannot be answered (status " + status + ")" : message);
    }

    private static void answer(RoutingContext context, int status, JsonObject body) {
        if (context.response().ended() || context.response().headWritten()) {
            context.request().connection().close();
            return;
        }
        if (status == 503 && !context.response().headers().contains(HttpHeaders.RETRY_AFTER)) {
            context.response().putHeader(HttpHeaders.RETRY_AFTER, "1");
        }
        context.response()
                .setStatusCode(status)
                .putHeader(HttpHeaders.CONTENT_TYPE, "application/json")
                .end(body.toBuffer());
    }

    private static void report(RoutingContext context, @Nullable Throwable failure) {
        log.atError()
                .setCause(failure)
                .addKeyValue("method", context.request().method())
                .addKeyValue("path", context.normalizedPath())
                .log("A request failed");
    }
}
