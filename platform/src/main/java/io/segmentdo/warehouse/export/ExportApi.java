package io.segmentdo.warehouse.export;

import io.segmentdo.problem.PlatformException;
import io.segmentdo.problem.Problem;
import io.segmentdo.rest.Endpoint;
import io.segmentdo.rest.RequestBody;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.time.Instant;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;

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
                .putMetadata(Endpoint.ABOUT, "Starts an export of events into files.")
                .handler(Endpoint.body(BODY_MAX))
                .handler(Endpoint.blocking(this::begin));
        router.get(PATH + "s")
                .putMetadata(Endpoint.ABOUT, "The exports, running and ended.")
                .handler(Endpoint.blocking(context -> list()));
        router.get(PATH + "s/:id")
                .putMetadata(Endpoint.ABOUT, "How an export is: state, days, rows, files, bytes.")
                .handler(Endpoint.blocking(context -> show(find(context))));
        router.delete(PATH + "s/:id")
                .putMetadata(Endpoint.ABOUT, "Ends an export and removes its files.")
                .handler(Endpoint.blocking(this::cancel));
    }

    private JsonObject begin(RoutingContext context) {
        String id = exports.begin(request(RequestBody.of(context, MEMBERS)));
        return show(exports.find(id).orElseThrow());
    }

    private static ExportRequest request(RequestBody body) {
        String format = body.findText("format").orElse("parquet");
        return new ExportRequest(
                body.text("workspace"),
                ExportForm.find(format).orElseThrow(() -> body.refusal("format", format, "parquet, csv or json")),
                body.text("destination"),
                body.texts("partitionBy"),
                body.findText("where").orElse(""),
                body.findText("asOf").orElse(null));
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
