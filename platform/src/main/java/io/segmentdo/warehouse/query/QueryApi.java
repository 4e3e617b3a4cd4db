package io.segmentdo.warehouse.query;

import io.segmentdo.problem.PlatformException;
import io.segmentdo.problem.Problem;
import io.segmentdo.warehouse.engine.EnginesConfig;
import io.segmentdo.warehouse.engine.Limits;
import io.segmentdo.warehouse.engine.QueryException;
import io.segmentdo.warehouse.engine.Reason;
import io.segmentdo.warehouse.engine.ResultForm;
import io.vertx.core.Context;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

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
                .handler(BodyHandler.create(false)
                        .setBodyLimit(config.requestMax().bytes()))
                .handler(this::query);
        router.get(PATH + "/queries").handler(this::list);
        router.delete(PATH + "/queries/:id").handler(this::cancel);
    }

    private void query(RoutingContext context) {
        QueryRequest request = request(body(context));
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

    private QueryRequest request(JsonObject body) {
        try {
            return read(body);
        } catch (ClassCastException e) {
            throw new PlatformException(
                    Problem.INVALID_REQUEST,
                    "a member has the wrong type (expected: texts, fresh true or false, limits an object of numbers)",
                    e);
        }
    }

    private QueryRequest read(JsonObject body) {
        allow("", body, MEMBERS);
        ResultForm form = ResultForm.find(body.getString("format", "json"))
                .orElseThrow(() -> invalid("format", body.getValue("format"), "json, ndjson, csv or arrow"));
        String asOf = body.getString("asOf");
        return new QueryRequest(
                id(body),
                workspace(body),
                sql(body),
                form,
                Optional.ofNullable(asOf).map(Moment::parse),
                Boolean.TRUE.equals(body.getValue("fresh")),
                limits(body));
    }

    private static String id(JsonObject body) {
        String id = body.getString("id", UUID.randomUUID().toString());
        if (!id.matches("[A-Za-z0-9_.-]{1,64}")) {
            throw invalid("id", id, "up to 64 letters, digits, dots, dashes");
        }
        return id;
    }

    private static String sql(JsonObject body) {
        String sql = body.getString("sql", "");
        if (sql.isBlank()) {
            throw new PlatformException(Problem.INVALID_REQUEST, "sql: missing (expected: a SELECT)");
        }
        return sql;
    }

    private String workspace(JsonObject body) {
        List<String> known = workspaces.get();
        String workspace = body.getString("workspace");
        if (workspace == null) {
            if (known.size() == 1) {
                return known.getFirst();
            }
            throw new PlatformException(
                    Problem.INVALID_REQUEST,
                    "workspace: missing (expected: one of the " + known.size() + " there are)");
        }
        if (!known.contains(workspace)) {
            throw new PlatformException(Problem.NOT_FOUND, "there is no workspace " + workspace);
        }
        return workspace;
    }

    private Limits limits(JsonObject body) {
        EnginesConfig most = config.engines();
        JsonObject asked = body.getJsonObject("limits", new JsonObject());
        allow("limits.", asked, LIMITS);
        Limits limits = most.limits();
        Double seconds = asked.getDouble("seconds");
        if (seconds != null) {
            Duration time = Duration.ofMillis((long) (seconds * 1000));
            if (!time.isPositive() || time.compareTo(most.timeMax()) > 0) {
                throw invalid(
                        "limits.seconds", seconds, "up to " + most.timeMax().toSeconds());
            }
            limits = limits.within(time);
        }
        Long rows = asked.getLong("rows");
        if (rows != null) {
            if (rows < 1 || rows > most.rowsMax()) {
                throw invalid("limits.rows", rows, "1 to " + most.rowsMax());
            }
            limits = limits.rows(rows);
        }
        Long bytes = asked.getLong("bytes");
        if (bytes != null) {
            if (bytes < 1 || bytes > most.bytesMax().bytes()) {
                throw invalid("limits.bytes", bytes, "1 to " + most.bytesMax().bytes());
            }
            limits = limits.bytes(bytes);
        }
        return limits;
    }

    private static void allow(String prefix, JsonObject object, Set<String> members) {
        for (String name : object.fieldNames()) {
            if (!members.contains(name)) {
                throw new PlatformException(
                        Problem.INVALID_REQUEST,
                        prefix + name + ": unknown (expected: "
                                + String.join(", ", members.stream().sorted().toList()) + ")");
            }
        }
    }

    private static PlatformException invalid(String name, @Nullable Object value, String expected) {
        return new PlatformException(Problem.INVALID_REQUEST, name + ": " + value + " (expected: " + expected + ")");
    }

    private static JsonObject body(RoutingContext context) {
        try {
            JsonObject body = context.body().asJsonObject();
            if (body != null) {
                return body;
            }
        } catch (DecodeException | ClassCastException e) {
            throw new PlatformException(Problem.INVALID_REQUEST, "the body is no JSON object", e);
        }
        throw new PlatformException(Problem.INVALID_REQUEST, "there is no body (expected: a JSON object with sql)");
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
