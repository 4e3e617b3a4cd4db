package io.segmentdo.warehouse.replay;

import io.segmentdo.problem.PlatformException;
import io.segmentdo.problem.Problem;
import io.segmentdo.rest.Endpoint;
import io.segmentdo.rest.RequestBody;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;

/** {@code /v1/replay}: start, list, look at and end replays. Access is the guard's matter, which stands before it. */
public final class ReplayApi {
    private static final String PATH = "/v1/replay";
    private static final int BODY_MAX = 64 << 10;
    private static final Set<String> MEMBERS =
            Set.of("workspace", "destination", "where", "from", "to", "rate", "dryRun");

    private final Replays replays;

    public ReplayApi(Replays replays) {
        this.replays = replays;
    }

    /** Adds the routes. */
    public void mount(Router router) {
        router.post(PATH)
                .putMetadata(Endpoint.ABOUT, "Counts past events, or sends them to a destination again.")
                .handler(Endpoint.body(BODY_MAX))
                .handler(Endpoint.blocking(this::begin));
        router.get(PATH)
                .putMetadata(Endpoint.ABOUT, "The replays, running and ended.")
                .handler(Endpoint.blocking(context -> list()));
        router.get(PATH + "/:number")
                .putMetadata(Endpoint.ABOUT, "How a replay is.")
                .handler(Endpoint.blocking(context -> show(find(context))));
        router.delete(PATH + "/:number")
                .putMetadata(Endpoint.ABOUT, "Ends a replay.")
                .handler(Endpoint.blocking(this::cancel));
    }

    private JsonObject begin(RoutingContext context) {
        RequestBody body = RequestBody.of(context, MEMBERS);
        Replays.Wish wish = wish(body);
        return body.isTrue("dryRun")
                ? new JsonObject().put("dryRun", true).put("events", replays.count(wish))
                : show(replays.find(replays.begin(wish)).orElseThrow());
    }

    private Replays.Wish wish(RequestBody body) {
        String workspace = body.text("workspace", "an id");
        long from = micros(body, "from", Instant.EPOCH);
        long to = micros(body, "to", Instant.now());
        if (from >= to) {
            throw body.refusal("to", body.findText("to").orElse("now"), "later than from");
        }
        return new Replays.Wish(
                workspace,
                workspace + "/" + body.text("destination", "an id"),
                body.findText("where").orElse(""),
                from,
                to,
                (int) body.whole(
                        "rate", replays.config().rate(), 1, replays.config().rateMax()));
    }

    private static long micros(RequestBody body, String name, Instant otherwise) {
        Instant time = body.findText(name).map(text -> time(body, name, text)).orElse(otherwise);
        return ChronoUnit.MICROS.between(Instant.EPOCH, time);
    }

    private static Instant time(RequestBody body, String name, String text) {
        try {
            return text.length() == 10
                    ? LocalDate.parse(text).atStartOfDay(ZoneOffset.UTC).toInstant()
                    : OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeException e) {
            throw body.refusal(name, text, "2026-05-01 or 2026-05-01T12:00:00Z");
        }
    }

    private JsonObject list() {
        JsonArray shown = new JsonArray();
        replays.all().forEach(record -> shown.add(show(record)));
        return new JsonObject().put("replays", shown);
    }

    private ReplayRecord find(RoutingContext context) {
        String number = Objects.requireNonNull(context.pathParam("number"));
        if (!number.matches("\\d{1,9}")) {
            throw new PlatformException(Problem.NOT_FOUND, "there is no replay " + number);
        }
        return replays.find(Long.parseLong(number))
                .orElseThrow(() -> new PlatformException(Problem.NOT_FOUND, "there is no replay " + number));
    }

    private JsonObject cancel(RoutingContext context) {
        ReplayRecord record = find(context);
        replays.cancel(record.number());
        return show(replays.find(record.number()).orElse(record));
    }

    private static JsonObject show(ReplayRecord record) {
        JsonObject shown = new JsonObject()
                .put("id", record.number())
                .put("workspace", record.workspace())
                .put(
                        "destination",
                        record.destination().substring(record.workspace().length() + 1))
                .put("state", record.state().name().toLowerCase(Locale.ROOT))
                .put("where", record.where())
                .put("from", time(record.fromMicros() / 1000))
                .put("to", time(record.toMicros() / 1000))
                .put("rate", record.rate())
                .put("events", record.total())
                .put("handedOver", record.done())
                .put("created", time(record.createdMillis()));
        if (record.endedMillis() > 0) {
            shown.put("ended", time(record.endedMillis()));
        }
        if (record.trouble() != null) {
            shown.put("trouble", record.trouble());
        }
        return shown;
    }

    private static String time(long millis) {
        return Instant.ofEpochMilli(millis).toString();
    }
}
