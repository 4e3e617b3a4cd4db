package io.segmentdo.warehouse.query;

import io.segmentdo.problem.PlatformException;
import io.segmentdo.problem.Problem;
import io.segmentdo.rest.Endpoint;
import io.segmentdo.rest.RequestBody;
import io.segmentdo.warehouse.engine.EnginesConfig;
import io.segmentdo.warehouse.engine.Limits;
import io.segmentdo.warehouse.engine.QueryException;
import io.segmentdo.warehouse.engine.Reason;
import io.segmentdo.warehouse.engine.ResultForm;
import io.vertx.core.Context;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;

/**
 * {@code POST /v1/warehouse/query}, and the list and the end of queries that run. Each query has a virtual thread; access
 * is the guard's matter, which stands before these routes.
 */
public final class QueryApi {
    private static final String PATH = "/v1/warehouse";
    private static final Set<String> MEMBERS = Set.of("sql", "workspace", "format", "asOf", "fresh", "limits", "id");
    private static final Set<String> LIMITS = Set.of("rows", "seconds", "bytes");

    private final Queries queries;
    private final QueryConfig config;
    private final Supplier<List<String>> workspaces;

    /** @param workspaces the ids of those that there are */
    public QueryApi(Queries queries, QueryConfig config, Supplier<List<String>> workspaces) {
        this.queries = queries;
        this.config = config;
        this.workspaces = workspaces;
    }

    /** Adds the routes. */
    public void mount(Router router) {
        router.post(PATH + "/query")
                .putMetadata(Endpoint.ABOUT, "Answers a question in SQL.")
                .handler(Endpoint.body(config.requestMax().bytes()))
                .handler(this::query);
        router.get(PATH + "/queries")
                .putMetadata(Endpoint.ABOUT, "The queries that run.")
                .handler(this::list);
        router.delete(PATH + "/queries/:id")
                .putMetadata(Endpoint.ABOUT, "Ends a query.")
                .handler(this::cancel);
    }

    private void query(RoutingContext context) {
        QueryRequest request = request(RequestBody.of(context, MEMBERS));
        Context loop = context.vertx().getOrCreateContext();
        ResponseSink sink = new ResponseSink(loop, context.response(), request);
        context.response().exceptionHandler(e -> leave(sink, request)).closeHandler(v -> leave(sink, request));
        Thread.ofVirtual().name("query-" + request.id()).start(() -> run(loop, context, request, sink));
    }

    private void leave(ResponseSink sink, QueryRequest request) {
        sink.isGone();
        queries.cancel(request.id());
    }

    private void run(Context loop, RoutingContext context, QueryRequest request, ResponseSink sink) {
        try {
            sink.end(queries.run(request, sink));
        } catch (RuntimeException e) {
            loop.runOnContext(v -> fail(context, request, sink, e));
        }
    }

    /** Rows that are on their way cannot be taken back: the connection ends, so that nobody takes them for all. */
    private static void fail(
            RoutingContext context, QueryRequest request, ResponseSink sink, RuntimeException failure) {
        if (context.response().ended() || context.response().closed()) {
            return;
        }
        if (sink.hasStarted()) {
            context.request().connection().close();
        } else if (failure instanceof QueryException e) {
            explain(context, request, e);
        } else {
            context.fail(failure);
        }
    }

    private static void explain(RoutingContext context, QueryRequest request, QueryException e) {
        JsonObject error = new JsonObject()
                .put("code", e.problem().code())
                .put("reason", e.reason().word())
                .put("message", e.getMessage());
        if (e.offset() >= 0) {
            String before = request.sql()
                    .substring(0, Math.min(e.offset(), request.sql().length()));
            int line = (int) before.chars().filter(c -> c == '\n').count() + 1;
            int column = before.length() - before.lastIndexOf('\n');
            error.put("line", line).put("column", column);
        }
        context.response()
                .setStatusCode(status(e.reason()))
                .putHeader(HttpHeaders.CONTENT_TYPE, "application/json")
                .putHeader("X-Query-Id", request.id())
                .end(new JsonObject().put("error", error).toBuffer());
    }

    private static int status(Reason reason) {
        return switch (reason) {
            case SYNTAX, MEANING, REFUSED, VALUE -> 400;
            case TIME, MEMORY -> 422;
            case CANCELLED -> 409;
            case ENGINE -> 503;
        };
    }

    private QueryRequest request(RequestBody body) {
        String form = body.findText("format").orElse("json");
        return new QueryRequest(
                id(body),
                workspace(body),
                body.text("sql", "a SELECT"),
                ResultForm.find(form).orElseThrow(() -> body.refusal("format", form, "json, ndjson, csv or arrow")),
                body.findText("asOf").map(Moment::parse),
                body.isTrue("fresh"),
                limits(body.object("limits", LIMITS)));
    }

    private static String id(RequestBody body) {
        String id = body.findText("id").orElseGet(() -> UUID.randomUUID().toString());
        if (!id.matches("[A-Za-z0-9_.-]{1,64}")) {
            throw body.refusal("id", id, "up to 64 letters, digits, dots, dashes");
        }
        return id;
    }

    private String workspace(RequestBody body) {
        List<String> known = workspaces.get();
        String workspace = known.size() == 1
                ? body.findText("workspace").orElse(known.getFirst())
                : body.text("workspace", "one of the " + known.size() + " there are");
        if (!known.contains(workspace)) {
            throw new PlatformException(Problem.NOT_FOUND, "there is no workspace " + workspace);
        }
        return workspace;
    }

    private Limits limits(RequestBody asked) {
        EnginesConfig most = config.engines();
        Limits usual = most.limits();
        return usual.within(asked.findNumber("seconds")
                        .map(seconds -> time(asked, seconds))
                        .orElse(usual.time()))
                .rows(asked.whole("rows", usual.rows(), 1, most.rowsMax()))
                .bytes(asked.whole("bytes", usual.bytes(), 1, most.bytesMax().bytes()));
    }

    private Duration time(RequestBody asked, Number seconds) {
        Duration time = Duration.ofMillis((long) (seconds.doubleValue() * 1000));
        Duration most = config.engines().timeMax();
        if (!time.isPositive() || time.compareTo(most) > 0) {
            throw asked.refusal("seconds", seconds, "up to " + most.toSeconds());
        }
        return time;
    }

    private void list(RoutingContext context) {
        JsonArray shown = new JsonArray();
        queries.running()
                .forEach(query -> shown.add(new JsonObject()
                        .put("id", query.id())
                        .put("workspace", query.workspace())
                        .put("sql", query.sql())
                        .put("since", query.since().toString())));
        context.json(new JsonObject().put("queries", shown));
    }

    private void cancel(RoutingContext context) {
        String id = Objects.requireNonNull(context.pathParam("id"));
        if (!queries.cancel(id)) {
            throw new PlatformException(Problem.NOT_FOUND, "there is no query " + id + " that runs");
        }
        context.json(new JsonObject().put("cancelled", id));
    }
}
