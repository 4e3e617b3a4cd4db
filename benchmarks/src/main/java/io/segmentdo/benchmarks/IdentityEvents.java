package io.segmentdo.benchmarks;

import io.segmentdo.event.Event;
import io.segmentdo.event.EventType;
import io.segmentdo.event.Utf8Json;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Supplier;

/** Makes events of about 0.9 KB as they come out of the spool, each with a messageId of its own. Confined to one thread. */
final class IdentityEvents {
    private static final String WORKSPACE = "benchmark";
    private static final String SOURCE = "load";

    /** What there is to be had, as a row is called. */
    enum Kind {
        NEW_USERS("new users, 2 new pairs each"),
        TRACKS("known users, tracks"),
        MIX("90 % track, 9 % identify, 1 % merge"),
        MIX_WITH_HOT_USER("the same, 10 % of one user"),
        NEW_DEVICES("known users on new devices");

        private final String text;

        Kind(String text) {
            this.text = text;
        }

        String text() {
            return text;
        }
    }

    private final String name;
    private final SplittableRandom random = new SplittableRandom(42);
    private long made;
    private long users;
    private long devices;

    /** Those of this name have users and messages of their own. */
    IdentityEvents(String name) {
        this.name = name;
    }

    /** One of a kind after the other. */
    Supplier<Event> of(Kind kind) {
        return switch (kind) {
            case NEW_USERS -> this::newUser;
            case TRACKS -> this::knownTrack;
            case MIX -> this::mixed;
            case MIX_WITH_HOT_USER -> this::mixedWithHotUser;
            case NEW_DEVICES -> this::newDevice;
        };
    }

    /** How many users there are so far. */
    long users() {
        return users;
    }

    /** So many events, the next of a kind each time. */
    static List<Event> list(int count, Supplier<Event> next) {
        List<Event> events = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            events.add(next.get());
        }
        return events;
    }

    /** A new user on a new device with a new address: two new pairs. */
    private Event newUser() {
        return identify(user(users), device(users++));
    }

    /** Something that a known user does on the known device. */
    private Event knownTrack() {
        return trackOf(random.nextLong(users));
    }

    /** 90 known tracks of 100, 9 identifies, and one that merges a new device into a known user. */
    private Event mixed() {
        int dice = random.nextInt(100);
        long user = random.nextLong(users);
        if (dice < 90) {
            return trackOf(user);
        }
        return dice < 99 ? identify(user(user), device(user)) : newDevice();
    }

    /** The mix, but of 10 events one is of the same user. */
    private Event mixedWithHotUser() {
        return random.nextInt(10) == 0 ? trackOf(0) : mixed();
    }

    /** A known user on a new device, which is one decision. */
    private Event newDevice() {
        return track(user(random.nextLong(users)), name + "new-device-" + devices++);
    }

    private Event trackOf(long user) {
        return track(user(user), device(user));
    }

    private Event track(String user, String device) {
        String id = messageId();
        String json = """
                {"type":"track","event":"Order Completed","messageId":"%1$s","userId":"%2$s","anonymousId":"%3$s",\
                "properties":{"orderId":"50314b8e9bcf000000000000","affiliation":"Google Store","total":27.5,"revenue":25.0,\
                "shipping":3,"tax":2,"discount":2.5,"coupon":"hasbros","currency":"USD","products":[{"productId":"507f1f77bcf86cd799439011",\
                "sku":"45790-32","name":"Monopoly: 3rd Edition","price":19,"quantity":1,"category":"Games"},\
                {"productId":"505bd76785ebb509fc183733","sku":"46493-32","name":"Uno Card Game","price":3,"quantity":2,"category":"Games"}]},\
                "context":{"library":{"name":"analytics-java","version":"3.5.4"},"locale":"en-US","timezone":"Europe/Amsterdam",\
                "userAgent":"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36","page":{"path":"/checkout/done",\
                "title":"Thank you","url":"https://shop.example.com/checkout/done"}},"timestamp":"2026-11-23T10:11:12.345Z"}""".formatted(id, user, device);
        return event(EventType.TRACK, id, user, device, json);
    }

    private Event identify(String user, String device) {
        String id = messageId();
        String json = """
                {"type":"identify","messageId":"%1$s","userId":"%2$s","anonymousId":"%3$s","traits":{"email":"%5$s",\
                "firstName":"Peter","lastName":"Gibbons","plan":"premium","logins":%4$d,"company":{"name":"Initech","employees":200},\
                "address":{"street":"6th St","city":"San Francisco","state":"CA","postalCode":"94103","country":"USA"},\
                "createdAt":"2026-11-01T10:11:12.345Z","avatar":"https://gravatar.example.com/avatar/205e460b479e2e5b48aec07710c08d50"},\
                "context":{"library":{"name":"analytics-java","version":"3.5.4"},"locale":"en-US","timezone":"Europe/Amsterdam",\
                "userAgent":"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36","page":{"path":"/account",\
                "title":"Account","url":"https://shop.example.com/account"}},"timestamp":"2026-11-23T10:11:12.345Z"}""".formatted(id, user, device, made, email(user));
        return event(EventType.IDENTIFY, id, user, device, json);
    }

    /** The address of a user in identifies. */
    static String email(String user) {
        return user + "@shop.example.com";
    }

    private String user(long number) {
        return "%suser-%08d".formatted(name, number);
    }

    /** As those of analytics.js look. */
    private String device(long number) {
        return "%s%08x-33c8-4f02-8d9f-%012x".formatted(name, number, number);
    }

    private String messageId() {
        return "ajs-next-%s1763892000000-%016x".formatted(name, made++);
    }

    private static Event event(EventType type, String messageId, String userId, String anonymousId, String json) {
        long now = System.currentTimeMillis();
        return new Event(
                type, WORKSPACE, SOURCE, messageId, userId, anonymousId, null, null, now, now, Utf8Json.of(json));
    }
}
