package io.segmentdo.profile;

import io.segmentdo.identity.Profile;
import io.segmentdo.problem.PlatformException;
import io.segmentdo.problem.Problem;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** The events of a profile in the last two weeks. Safe for concurrent use. */
final class ProfileEvents {
    private static final Duration KEPT = Duration.ofDays(14);

    private final Optional<PastEvents> events;
    private final LongSupplier nowMillis;

    ProfileEvents(Optional<PastEvents> events, LongSupplier nowMillis) {
        this.events = events;
        this.nowMillis = nowMillis;
    }

    /** Answers on a virtual thread, because reading past events blocks. */
    Future<String> answer(RoutingContext context, Profile profile) {
        PastEvents past = events.orElseThrow(() -> new PlatformException(
                Problem.NOT_FOUND, "Events are read from the warehouse, which is off (expected: warehouse.enabled)"));
        Paging paging = Paging.of(context, 10, 100);
        PastEvents.Wish wish = wish(context, profile, paging);
        Promise<String> answer = Promise.promise();
        Thread.ofVirtual().name("profile-events").start(() -> {
            try {
                answer.complete(show(past.find(wish), profile.root().workspace(), paging));
            } catch (RuntimeException e) {
                answer.fail(e);
            }
        });
        var loop = context.vertx().getOrCreateContext();
        return answer.future().transform(done -> {
            Promise<String> back = Promise.promise();
            loop.runOnContext(v -> back.handle(done));
            return back.future();
        });
    }

    private static String show(List<PastEvents.PastEvent> found, String workspace, Paging paging) {
        boolean hasMore = found.size() > paging.limit();
        List<PastEvents.PastEvent> items = hasMore ? found.subList(0, paging.limit()) : found;
        JsonArray data = new JsonArray();
        items.forEach(event -> data.add(Answers.event(event, workspace)));
        PastEvents.Place last = hasMore ? items.getLast().place() : null;
        Paging.Page<PastEvents.PastEvent> page =
                paging.page(items, last == null ? null : last.atMicros() + " " + last.messageId());
        return new JsonObject().put("data", data).put("cursor", page.cursor()).encode();
    }

    private PastEvents.Wish wish(RoutingContext context, Profile profile, Paging paging) {
        long now = nowMillis.getAsLong();
        long oldest = now - KEPT.toMillis();
        long start = time(context, "start", oldest);
        long end = time(context, "end", now + 1);
        if (start < oldest - Duration.ofMinutes(1).toMillis() || start > end) {
            throw invalid("start", Instant.ofEpochMilli(start).toString(), "within the last 14 days, and before end");
        }
        String sort = Optional.ofNullable(context.request().getParam("sort")).orElse("desc");
        if (!sort.equals("desc") && !sort.equals("asc")) {
            throw invalid("sort", sort, "desc or asc");
        }
        boolean isGroup = profile.root().isGroup();
        return new PastEvents.Wish(
                profile.root().workspace(),
                isGroup ? "" : profile.id(),
                isGroup ? profile.root().value() : "",
                start,
                end,
                sort.equals("desc"),
                List.copyOf(ProfileApi.names(context, "include")),
                List.copyOf(ProfileApi.names(context, "exclude")),
                place(paging.after()),
                paging.limit() + 1);
    }

    private static PastEvents.@Nullable Place place(@Nullable String cursor) {
        if (cursor == null) {
            return null;
        }
        int space = cursor.indexOf(' ');
        if (!cursor.matches("(?s)-?\\d{1,18} .+")) {
            throw invalid("cursor", cursor, "the cursor.next of an answer");
        }
        return new PastEvents.Place(Long.parseLong(cursor.substring(0, space)), cursor.substring(space + 1));
    }

    /** A time as ISO 8601, or as epoch seconds or milliseconds. */
    private static long time(RoutingContext context, String name, long otherwise) {
        String text = context.request().getParam(name);
        if (text == null || text.isEmpty()) {
            return otherwise;
        }
        if (text.matches("\\d{9,13}")) {
            long number = Long.parseLong(text);
            return text.length() > 11 ? number : number * 1000;
        }
        try {
            return Instant.parse(text.matches("\\d{4}-\\d\\d-\\d\\d") ? text + "T00:00:00Z" : text)
                    .toEpochMilli();
        } catch (DateTimeException e) {
            throw invalid(name, text, "a time like 2026-11-20T12:00:00Z");
        }
    }

    private static PlatformException invalid(String name, String value, String expected) {
        return new PlatformException(Problem.INVALID_REQUEST, name + ": " + value + " (expected: " + expected + ")");
    }
}
