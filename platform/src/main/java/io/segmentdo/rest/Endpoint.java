package io.segmentdo.rest;

import io.segmentdo.problem.PlatformException;
import io.segmentdo.problem.Problem;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import java.util.function.Function;

/** The handlers that routes are made of. Safe for concurrent use. */
public final class Endpoint {
    /** Under which a route keeps, as its metadata, the sentence that the reference of the API has about it. */
    public static final String ABOUT = "about";

    private Endpoint() {}

    /** Reads a body of at most so many bytes. */
    public static Handler<RoutingContext> body(long bytesMax) {
        return BodyHandler.create(false).setBodyLimit(bytesMax);
    }

    /**
     * Answers with the JSON that {@code work} returns. It runs on a virtual thread and may block; its failures go to the
     * router's failure handler.
     */
    public static Handler<RoutingContext> blocking(Function<RoutingContext, JsonObject> work) {
        return context -> {
            Context loop = context.vertx().getOrCreateContext();
            Thread.ofVirtual().name("endpoint " + context.normalizedPath()).start(() -> {
                try {
                    JsonObject answer = work.apply(context);
                    loop.runOnContext(v -> context.json(answer));
                } catch (RuntimeException e) {
                    loop.runOnContext(v -> context.fail(e));
                }
            });
        };
    }

    /** Answers with the JSON that the future of {@code work} brings; on an event loop, so it must not block. */
    public static Handler<RoutingContext> answering(Function<RoutingContext, Future<JsonObject>> work) {
        return context -> work.apply(context).onSuccess(context::json).onFailure(context::fail);
    }

    /** A whole number from the query string, between two, which belong to it; {@code otherwise} when it is not there. */
    public static int parameter(RoutingContext context, String name, int otherwise, int min, int max) {
        String text = context.request().getParam(name);
        if (text == null) {
            return otherwise;
        }
        int number = text.matches("\\d{1,9}") ? Integer.parseInt(text) : -1;
        if (number < min || number > max) {
            throw new PlatformException(
                    Problem.INVALID_REQUEST, name + ": " + text + " (expected: " + min + " to " + max + ")");
        }
        return number;
    }
}
