package io.segmentdo.warehouse.export;

import io.segmentdo.problem.PlatformException;
import io.segmentdo.problem.Problem;
import io.segmentdo.warehouse.query.Moment;
import io.vertx.core.Context;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/** {@code /v1/warehouse/export}: start, look at and end exports. Access is the guard's matter, which stands before it. */
public final class ExportApi {
    private static final String PATH = "/v1/warehouse/export";
    private static final int BODY_MAX = 64 << 10;
    private static final Set<String> MEMBERS =
            Set.of("workspace", "format", "destination", "partitionBy", "where", "asOf");

    private final Exports exports;

    public ExportApi(Exports exports) {
        this.exports = exports;
    }

    /** Adds the routes. */
    public void mount(Router router) {
        router.post(PATH)
                .handler(BodyHandler.create(false).setBodyLimit(BODY_MAX))
                .handler(context -> answer(context, () -> begin(context)));
        router.get(PATH + "s").handler(context -> answer(context, this::list));
        router.get(PATH + "s/:id").handler(context -> answer(context, () -> show(find(context))));
        router.delete(PATH + "s/:id").handler(context -> answer(context, () -> cancel(context)));
    }

    private static void answer(RoutingContext context, Supplier<JsonObject> work) {
        Context loop = context.vertx().getOrCreateContext();
        Thread.ofVirtual().name("export-api").start(() -> {
            try {
                JsonObject answer = work.get();
                loop.runOnContext(v -> context.json(answer));
            } catch (ClassCastException e) {
                fail(loop, context, new PlatformException(Problem.INVALID_REQUEST, "a member has the wrong type", e));
            } catch (RuntimeException e) {
                fail(loop, context, e);
            }
        });
    }

    private static void fail(Context loop, RoutingContext context, RuntimeException e) {
        loop.runOnContext(v -> context.fail(e));
    }

    private JsonObject begin(RoutingContext context) {
        String id = exports.begin(request(body(context)));
        return show(exports.find(id).orElseThrow());
    }

    private static ExportRequest request(JsonObject body) {
        for (String name : body.fieldNames()) {
            if (!MEMBERS.contains(name)) {
                throw invalid(name + ": unknown (expected: "
                        + String.join(", ", MEMBERS.stream().sorted().toList()) + ")");
            }
        }
        String format = body.getString("format", "parquet");
        List<String> partitionBy = body.getJsonArray("partitionBy", new JsonArray()).stream()
                .map(String.class::cast)
                .toList();
        return new ExportRequest(
                text(body, "workspace"),
                ExportForm.find(format)
                        .orElseThrow(() -> invalid("format: " + format + " (expected: parquet, csv or json)")),
                text(body, "destination"),
                partitionBy,
                body.getString("where", ""),
                Optional.ofNullable(body.getString("asOf")).map(Moment::parse));
    }

    private static String text(JsonObject body, String name) {
        String text = body.getString(name, "");
        if (text.isBlank()) {
            throw invalid(name + ": missing (expected: a text)");
        }
        return text;
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
        throw invalid("there is no body (expected: a JSON object)");
    }

    private static PlatformException invalid(String message) {
        return new PlatformException(Problem.INVALID_REQUEST, message);
    }

    private JsonObject list() {
        JsonArray shown = new JsonArray();
        exports.all().forEach(status -> shown.add(show(status)));
        return new JsonObject().put("exports", shown);
    }

    private ExportStatus find(RoutingContext context) {
        String id = Objects.requireNonNull(context.pathParam("id"));
        return exports.find(id).orElseThrow(() -> new PlatformException(Problem.NOT_FOUND, "there is no export " + id));
    }

    private JsonObject cancel(RoutingContext context) {
        ExportStatus status = find(context);
        exports.cancel(status.id());
        return show(exports.find(status.id()).orElse(status));
    }

    private static JsonObject show(ExportStatus status) {
        JsonObject shown = new JsonObject()
                .put("id", status.id())
                .put("workspace", status.request().workspace())
                .put("destination", status.request().destination())
                .put("state", status.state().name().toLowerCase(Locale.ROOT))
                .put("days", status.days())
                .put("daysDone", status.daysDone())
                .put("rows", status.rows())
                .put("files", status.files().size())
                .put("bytes", status.bytes())
                .put("started", Instant.ofEpochMilli(status.startedMillis()).toString());
        if (status.endedMillis() > 0) {
            shown.put("ended", Instant.ofEpochMilli(status.endedMillis()).toString());
        }
        if (status.trouble() != null) {
            shown.put("trouble", status.trouble());
        }
        return shown;
    }
}
