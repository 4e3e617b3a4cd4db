package io.segmentdo.warehouse.replay;

import io.segmentdo.problem.PlatformException;
import io.segmentdo.problem.Problem;
import io.vertx.core.Context;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

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
                .handler(BodyHandler.create(false).setBodyLimit(BODY_MAX))
                .handler(context -> answer(context, () -> begin(context)));
        router.get(PATH).handler(context -> answer(context, this::list));
        router.get(PATH + "/:number").handler(context -> answer(context, () -> show(find(context))));
        router.delete(PATH + "/:number").handler(context -> answer(context, () -> cancel(context)));
    }

    private static void answer(RoutingContext context, Supplier<JsonObject> work) {
        Context loop = context.vertx().getOrCreateContext();
        Thread.ofVirtual().name("replay-api").start(() -> {
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
        JsonObject body = body(context);
        for (String name : body.fieldNames()) {
            if (!MEMBERS.contains(name)) {
                throw invalid(name + ": unknown (expected: "
                        + String.join(", ", MEMBERS.stream().sorted().toList()) + ")");
            }
        }
        Replays.Wish wish = wish(body);
        return Boolean.TRUE.equals(body.getValue("dryRun"))
                ? new JsonObject().put("dryRun", true).put("events", replays.count(wish))
                : show(replays.find(replays.begin(wish)).orElseThrow());
    }

    private Replays.Wish wish(JsonObject body) {
        String workspace = text(body, "workspace");
        int rate = body.getInteger("rate", replays.config().rate());
        if (rate < 1 || rate > replays.config().rateMax()) {
            throw invalid(
                    "rate: " + rate + " (expected: 1 to " + replays.config().rateMax() + ")");
        }
        long from = micros("from", body.getString("from"), Instant.EPOCH);
        long to = micros("to", body.getString("to"), Instant.now());
        if (from >= to) {
            throw invalid("to: " + body.getString("to") + " (expected: later than from)");
        }
        return new Replays.Wish(
                workspace, workspace + "/" + text(body, "destination"), body.getString("where", ""), from, to, rate);
    }

    private static String text(JsonObject body, String name) {
        String text = body.getString(name, "");
        if (text.isBlank()) {
            throw invalid(name + ": missing (expected: an id)");
        }
        return text;
    }

    private static long micros(String name, @Nullable String text, Instant otherwise) {
        try {
            Instant time = text == null
                    ? otherwise
                    : text.length() == 10
                            ? LocalDate.parse(text).atStartOfDay(ZoneOffset.UTC).toInstant()
                            : OffsetDateTime.parse(text).toInstant();
            return ChronoUnit.MICROS.between(Instant.EPOCH, time);
        } catch (DateTimeException e) {
            throw invalid(name + ": " + text + " (expected: 2026-05-01 or 2026-05-01T12:00:00Z)");
        }
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
