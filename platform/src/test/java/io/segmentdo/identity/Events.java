package io.segmentdo.identity;

import io.segmentdo.event.Event;
import io.segmentdo.event.EventType;
import io.segmentdo.event.Utf8Json;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Makes events for tests. */
final class Events {
    static final String WORKSPACE = "w";
    private static final long START = 1_790_000_000_000L;
    private static final AtomicLong CLOCK = new AtomicLong(START);

    private Events() {}

    static Event track(String messageId, @Nullable String userId, @Nullable String anonymousId) {
        return of(EventType.TRACK, messageId, userId, anonymousId, null, null, "{\"event\":\"e\"}");
    }

    static Event identify(String messageId, @Nullable String userId, @Nullable String anonymousId, String traits) {
        return of(EventType.IDENTIFY, messageId, userId, anonymousId, null, null, "{\"traits\":" + traits + "}");
    }

    static Event alias(String messageId, String userId, String previousId) {
        return of(EventType.ALIAS, messageId, userId, null, null, previousId, "{}");
    }

    static Event group(String messageId, @Nullable String userId, @Nullable String anonymousId, String groupId) {
        return of(EventType.GROUP, messageId, userId, anonymousId, groupId, null, "{\"traits\":{\"plan\":\"pro\"}}");
    }

    static Event of(
            EventType type,
            String messageId,
            @Nullable String userId,
            @Nullable String anonymousId,
            @Nullable String groupId,
            @Nullable String previousId,
            String json) {
        long at = CLOCK.incrementAndGet();
        return at(type, "s", messageId, userId, anonymousId, groupId, previousId, at, at, json);
    }

    static Event at(
            EventType type,
            String source,
            String messageId,
            @Nullable String userId,
            @Nullable String anonymousId,
            @Nullable String groupId,
            @Nullable String previousId,
            long timestampMillis,
            long receivedAtMillis,
            String json) {
        return new Event(
                type,
                WORKSPACE,
                source,
                messageId,
                userId,
                anonymousId,
                groupId,
                previousId,
                timestampMillis,
                receivedAtMillis,
                Utf8Json.of(json));
    }

    static ActorId user(String value) {
        return ActorId.of(WORKSPACE, ActorId.USER, value);
    }

    static ActorId device(String value) {
        return ActorId.of(WORKSPACE, ActorId.ANONYMOUS, value);
    }

    static ActorId email(String value) {
        return ActorId.of(WORKSPACE, "email", value);
    }
}
