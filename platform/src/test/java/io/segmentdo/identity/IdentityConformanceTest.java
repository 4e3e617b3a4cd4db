package io.segmentdo.identity;

import static org.assertj.core.api.Assertions.assertThat;

import io.segmentdo.event.Event;
import io.segmentdo.event.EventType;
import io.segmentdo.event.IdentifiedEvent;
import io.segmentdo.identity.IdentifierRule.Window;
import io.segmentdo.store.InMemoryStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * The documented identity rules as a table: each row has events and the persons that they must lead to.
 *
 * <p>A person is written as its identifiers, {@code type:value}, with {@code u1}, {@code a1} and {@code e1} for users, devices
 * and e-mails; what was refused and never seen on its own is nobody. Each event has settled before the next one comes. In one point the rules are kinder than the documented
 * ones: only what stands against an identifier of higher priority is left out of an event, and not everything below it.
 */
class IdentityConformanceTest {
    private static final int PARTITIONS = 8;
    private static final long DAY = Duration.ofDays(1).toMillis();

    private record Row(String claim, IdentityRules rules, List<Event> events, Set<Set<String>> persons) {}

    private static final IdentityRules DEFAULT = IdentityRules.DEFAULT;
    private static int messages;

    @TestFactory
    Stream<DynamicTest> theEventsOfEachRowLeadToItsPersons() {
        List<Row> rows = new ArrayList<>();
        rows.addAll(matching());
        rows.addAll(priority());
        rows.addAll(limits());
        rows.addAll(windows());
        rows.addAll(blocked());
        rows.addAll(promoted());
        rows.addAll(externalIds());
        rows.addAll(aliases());
        return rows.stream()
                .map(row -> DynamicTest.dynamicTest(
                        row.claim, () -> assertThat(persons(row)).isEqualTo(row.persons)));
    }

    private static List<Row> matching() {
        return List.of(
                row("an event that matches nobody makes a profile", List.of(seen("u1 a1")), "u1 a1"),
                row("one that matches one profile adds to it", List.of(seen("a1"), seen("u1 a1")), "u1 a1"),
                row("one that matches more joins them", List.of(seen("a1 e1"), seen("u1"), seen("u1 a1")), "u1 a1 e1"),
                row(
                        "what was joined by one identifier is found by every other",
                        List.of(seen("u1 a1"), seen("u1 e1"), seen("a2 e1")),
                        "u1 a1 a2 e1"));
    }

    private static List<Row> priority() {
        IdentityRules emailFirst = rules(limit("email", 1), limit("user_id", 1), limit("anonymous_id", 5));
        return List.of(
                row(
                        "the e-mail of somebody else is left out of the event of a user",
                        List.of(seen("u1 e1"), seen("u2 e1")),
                        "u1 e1",
                        "u2"),
                row(
                        "what is left stays with the user: the e-mail is left out, the device is not",
                        List.of(seen("u1 e1"), seen("u2 e1 a9")),
                        "u1 e1",
                        "u2 a9"),
                row(
                        "the device of somebody else is left out, the e-mail goes with the user",
                        List.of(seen("u1 a1"), seen("u2 a1 e2")),
                        "u1 a1",
                        "u2 e2"),
                row(
                        "without a user the e-mail decides, and the device is left out",
                        List.of(seen("u1 a1"), seen("u2 e2"), seen("a1 e2")),
                        "u1 a1",
                        "u2 e2"),
                row(
                        "types that are not named come last, by alphabet",
                        rules(limit("user_id", 1)),
                        List.of(seen("u1 ext:apple:1"), seen("u2 ext:berry:1"), seen("a3 ext:apple:1 ext:berry:1")),
                        "u1 apple:1 a3",
                        "u2 berry:1"),
                row(
                        "the order of types is the workspace's: an e-mail may come before a user",
                        emailFirst,
                        List.of(seen("u1 e1"), seen("u2 e2"), seen("u2 e1 a9")),
                        "u1 e1 a9",
                        "u2 e2"));
    }

    private static List<Row> limits() {
        return List.of(
                row("a person has one user id", List.of(seen("u1 a1"), seen("u2 a1")), "u1 a1", "u2"),
                row(
                        "a sixth device is on its own",
                        List.of(
                                seen("u1 a1"),
                                seen("u1 a2"),
                                seen("u1 a3"),
                                seen("u1 a4"),
                                seen("u1 a5"),
                                seen("u1 a6")),
                        "u1 a1 a2 a3 a4 a5",
                        "a6"),
                row(
                        "two who have too many devices together are not joined",
                        rules(limit("user_id", 1), limit("email", 5), limit("anonymous_id", 3)),
                        List.of(
                                seen("e1 a1"),
                                seen("e1 a2"),
                                seen("e2 a3"),
                                seen("e2 a4"),
                                seen("u1 e1"),
                                seen("u1 e2")),
                        "u1 e1 a1 a2",
                        "e2 a3 a4"),
                row(
                        "a limit counts only where both bring the type",
                        rules(limit("user_id", 1), limit("email", 1), limit("anonymous_id", 2)),
                        List.of(seen("u1 a1"), seen("u1 a2"), seen("u1 e1")),
                        "u1 a1 a2 e1"),
                row(
                        "limits are the workspace's",
                        rules(limit("user_id", 2), limit("anonymous_id", 1)),
                        List.of(seen("u1 a1"), seen("u2 a1"), seen("u3 a1"), seen("u1 a2")),
                        "u1 u2 a1",
                        "u3",
                        "a2"),
                row(
                        "a type that is not named has the limit of such types",
                        new IdentityRules(
                                List.of(limit("user_id", 1)), 1, List.of(), List.of(), DEFAULT.sharedDevice(), 1000),
                        List.of(seen("u1 ext:card:1"), seen("u1 ext:card:2")),
                        "u1 card:1"),
                row(
                        "a person has so many identifiers in all",
                        new IdentityRules(DEFAULT.identifiers(), 5, List.of(), List.of(), DEFAULT.sharedDevice(), 3),
                        List.of(seen("u1 a1"), seen("u1 a2"), seen("u1 a3")),
                        "u1 a1 a2",
                        "a3"));
    }

    private static List<Row> windows() {
        List<Row> rows = new ArrayList<>();
        Map<Window, Integer> days =
                new TreeMap<>(Map.of(Window.DAY, 1, Window.WEEK, 7, Window.MONTH, 30, Window.YEAR, 365));
        days.forEach((window, length) -> {
            IdentityRules rules = rules(limit("user_id", 1), limit("email", 1).within(window));
            rows.add(row(
                    "one e-mail a " + window + ": a second one within it is refused",
                    rules,
                    List.of(at(0, "u1 e1"), at(length * DAY - 1, "u1 e2")),
                    "u1 e1"));
            rows.add(row(
                    "one e-mail a " + window + ": after it another one counts, though it had been refused",
                    rules,
                    List.of(at(0, "u1 e1"), at(length * DAY - 1, "u1 e2"), at(length * DAY, "u1 e2")),
                    "u1 e1 e2"));
        });
        rows.add(row(
                "one e-mail for ever stays one",
                rules(limit("user_id", 1), limit("email", 1)),
                List.of(at(0, "u1 e1"), at(4000 * DAY, "u1 e2")),
                "u1 e1"));
        rows.add(row(
                "a window slides: what counts is the time before each event",
                rules(limit("user_id", 1), limit("email", 2).within(Window.WEEK)),
                List.of(
                        at(0, "u1 e1"),
                        at(5 * DAY, "u1 e2"),
                        at(6 * DAY, "u1 e3"),
                        at(8 * DAY, "u1 e4"),
                        at(9 * DAY, "u1 e3")),
                "u1 e1 e2 e4"));
        return rows;
    }

    private static List<Row> blocked() {
        IdentityRules ofType = rules(
                limit("user_id", 1),
                limit("email", 5).without(List.of("no-reply@x"), List.of(".*@example[.]com")),
                limit("anonymous_id", 5));
        IdentityRules patterns = new IdentityRules(
                DEFAULT.identifiers(), 5, List.of("guest"), List.of("test-.*"), DEFAULT.sharedDevice(), 1000);
        List<Row> rows = new ArrayList<>();
        for (String nobody :
                List.of("null", "undefined", "anonymous", "-1", "0", "0000", "00000000-0000-0000-0000-000000000000")) {
            rows.add(row(
                    "the user id " + nobody + " is nobody",
                    List.of(seen("user_id:" + nobody + " a1"), seen("user_id:" + nobody + " a2")),
                    "a1",
                    "a2"));
        }
        rows.add(row(
                "a value that the workspace blocks is nobody",
                patterns,
                List.of(seen("user_id:guest a1"), seen("user_id:guest a2")),
                "a1",
                "a2"));
        rows.add(row(
                "one that matches a pattern of the workspace as a whole is nobody",
                patterns,
                List.of(seen("user_id:test-1 a1"), seen("user_id:test-1 a2"), seen("user_id:a-test-1 a3")),
                "a1",
                "a2",
                "user_id:a-test-1 a3"));
        rows.add(row(
                "a type may block values of its own, also by pattern",
                ofType,
                List.of(
                        seen("u1 email:no-reply@x"),
                        seen("u2 email:no-reply@x"),
                        seen("u1 email:a@example.com"),
                        seen("user_id:no-reply@x a1")),
                "u1",
                "u2",
                "user_id:no-reply@x a1"));
        rows.add(row(
                "a device without a usable id does not link users",
                List.of(seen("u1 anonymous_id:undefined"), seen("u2 anonymous_id:undefined")),
                "u1",
                "u2"));
        return rows;
    }

    private static List<Row> promoted() {
        String device = "{\"context\":{\"device\":{\"type\":\"%s\",\"id\":\"d1\",\"advertisingId\":\"ad1\","
                + "\"adTrackingEnabled\":%s,\"token\":\"t1\"}}}";
        IdentityRules custom = rules(limit("user_id", 1), limit("customer_number", 5));
        return List.of(
                row("traits.email", List.of(json("u1", "{\"traits\":{\"email\":\"e1\"}}")), "u1 e1"),
                row(
                        "context.traits.email",
                        List.of(json("u1", "{\"context\":{\"traits\":{\"email\":\"e1\"}}}")),
                        "u1 e1"),
                row("properties.email", List.of(json("u1", "{\"properties\":{\"email\":\"e1\"}}")), "u1 e1"),
                row(
                        "an e-mail is the same in capitals",
                        List.of(json("u1", "{\"traits\":{\"email\":\" E1 \"}}")),
                        "u1 e1"),
                row(
                        "an e-mail elsewhere is none",
                        List.of(json("u1", "{\"properties\":{\"order\":{\"email\":\"e1\"}},\"email\":\"e2\"}")),
                        "u1"),
                row(
                        "the ids of an Android device",
                        List.of(json("u1", String.format(device, "android", "true"))),
                        "u1 android.id:d1 android.idfa:ad1 android.push_token:t1"),
                row(
                        "the ids of an iOS device",
                        List.of(json("u1", String.format(device, "iOS", "true"))),
                        "u1 ios.id:d1 ios.idfa:ad1 ios.push_token:t1"),
                row(
                        "no advertising id when tracking is not allowed",
                        List.of(json("u1", String.format(device, "ios", "false"))),
                        "u1 ios.id:d1 ios.push_token:t1"),
                row(
                        "no advertising id when nothing is said about tracking",
                        List.of(json(
                                "u1", "{\"context\":{\"device\":{\"type\":\"android\",\"advertisingId\":\"ad1\"}}}")),
                        "u1"),
                row("no id of an unknown device", List.of(json("u1", String.format(device, "tv", "true"))), "u1"),
                row(
                        "the client id of Google Analytics",
                        List.of(json(
                                "u1", "{\"context\":{\"integrations\":{\"Google Analytics\":{\"clientId\":\"g1\"}}}}")),
                        "u1 ga_client_id:g1"),
                row(
                        "a type of the workspace is a trait in snake or camel case",
                        custom,
                        List.of(
                                json("u1", "{\"traits\":{\"customer_number\":\"c1\"}}"),
                                json("u1", "{\"context\":{\"traits\":{\"customerNumber\":77}}}")),
                        "u1 customer_number:c1 customer_number:77"),
                row(
                        "null, a boolean and a list are no ids",
                        custom,
                        List.of(
                                json("u1", "{\"traits\":{\"customer_number\":null}}"),
                                json("u1", "{\"traits\":{\"customer_number\":true}}"),
                                json("u1", "{\"traits\":{\"customer_number\":[\"c1\"]}}")),
                        "u1"));
    }

    private static List<Row> externalIds() {
        return List.of(
                row("an external id links", List.of(seen("u1 ext:crm:7"), seen("a1 ext:crm:7")), "u1 a1 crm:7"),
                row(
                        "one of an account does not",
                        List.of(json(
                                "u1",
                                "{\"context\":{\"externalIds\":[{\"id\":\"7\",\"type\":\"crm\","
                                        + "\"collection\":\"accounts\",\"encoding\":\"none\"}]}}")),
                        "u1"),
                row(
                        "only the context carries external ids",
                        List.of(json(
                                "u1",
                                "{\"traits\":{\"externalIds\":[{\"id\":\"7\",\"type\":\"crm\","
                                        + "\"collection\":\"users\",\"encoding\":\"none\"}]}}")),
                        "u1"));
    }

    private static List<Row> aliases() {
        return List.of(
                row(
                        "an alias joins two users",
                        List.of(seen("u1 a1"), seen("u2 a2"), alias("u2", "u1")),
                        "u1 u2 a1 a2"),
                row("an alias of a device", List.of(seen("a1"), alias("u1", "a1")), "u1 a1"),
                row("an alias of oneself does nothing", List.of(seen("u1 a1"), alias("u1", "u1")), "u1 a1"),
                row(
                        "a repeated alias does nothing, nor does its reverse",
                        List.of(alias("u1", "u2"), alias("u1", "u2"), alias("u2", "u1")),
                        "u1 u2"),
                row("an alias of nobody does nothing", List.of(seen("u1"), alias("u1", "null")), "u1"),
                row(
                        "an alias lifts the limit of user ids, and of nothing else",
                        rules(limit("user_id", 1), limit("anonymous_id", 1)),
                        List.of(seen("u1 a1"), seen("u2 a2"), alias("u2", "u1"), seen("u3"), alias("u2", "u3")),
                        "u1 a1",
                        "u2 u3 a2"));
    }

    @TestFactory
    Stream<DynamicTest> eventsWithoutAUserOfASharedDevice() {
        return Stream.of(
                shared(
                        "first-touch: they belong to the first user",
                        IdentityRules.SharedDevice.FIRST_TOUCH,
                        "u1 u2 - -",
                        "1 2 1 1"),
                shared(
                        "last-touch: they belong to the user seen last",
                        IdentityRules.SharedDevice.LAST_TOUCH,
                        "u1 u2 - -",
                        "1 2 2 2"),
                shared(
                        "last-touch: who comes back has it again",
                        IdentityRules.SharedDevice.LAST_TOUCH,
                        "u1 u2 - u1 -",
                        "1 2 2 1 1"),
                shared(
                        "last-touch: also a third user",
                        IdentityRules.SharedDevice.LAST_TOUCH,
                        "u1 u2 u3 -",
                        "1 2 3 3"));
    }

    private static DynamicTest shared(String claim, IdentityRules.SharedDevice policy, String users, String owners) {
        return DynamicTest.dynamicTest(claim, () -> {
            IdentityRules rules = new IdentityRules(
                    DEFAULT.identifiers(), 5, DEFAULT.blockedValues(), DEFAULT.blockedPatterns(), policy, 1000);
            List<Event> events = Stream.of(users.split(" "))
                    .map(user -> user.equals("-") ? seen("a1") : seen(user + " a1"))
                    .toList();
            Run run = new Run(rules, events);
            List<String> numbers = new ArrayList<>();
            List<String> seen = new ArrayList<>();
            for (String profile : run.profiles()) {
                if (!seen.contains(profile)) {
                    seen.add(profile);
                }
                numbers.add(String.valueOf(seen.indexOf(profile) + 1));
            }
            assertThat(String.join(" ", numbers)).isEqualTo(owners);
        });
    }

    // ---- how a row is written and run

    private static Row row(String claim, List<Event> events, String... persons) {
        return row(claim, DEFAULT, events, persons);
    }

    private static Row row(String claim, IdentityRules rules, List<Event> events, String... persons) {
        Set<Set<String>> expected = new HashSet<>();
        Arrays.stream(persons)
                .forEach(person -> expected.add(new TreeSet<>(Stream.of(person.split(" "))
                        .map(IdentityConformanceTest::full)
                        .toList())));
        return new Row(claim, rules, events, expected);
    }

    private static IdentityRules rules(IdentifierRule... identifiers) {
        return DEFAULT.withIdentifiers(List.of(identifiers));
    }

    private static IdentifierRule limit(String type, int limit) {
        return type.equals("email") ? IdentifierRule.of(type, limit, "traits.email") : IdentifierRule.of(type, limit);
    }

    private static String full(String short_) {
        if (short_.contains(":")) {
            return short_;
        }
        String type = switch (short_.charAt(0)) {
            case 'u' -> ActorId.USER;
            case 'a' -> ActorId.ANONYMOUS;
            default -> "email";
        };
        return type + ":" + short_;
    }

    private static Event seen(String identifiers) {
        return at(0, identifiers);
    }

    /** An identify with these identifiers; {@code ext:type:id} stands in context.externalIds. */
    private static Event at(long millis, String identifiers) {
        String user = null;
        String device = null;
        String email = null;
        Set<String> external = new LinkedHashSet<>();
        for (String identifier : identifiers.split(" ", -1)) {
            String[] parts = full(identifier).split(":", -1);
            switch (parts[0]) {
                case ActorId.USER -> user = parts[1];
                case ActorId.ANONYMOUS -> device = parts[1];
                case "email" -> email = parts[1];
                default ->
                    external.add("{\"id\":\"" + parts[2] + "\",\"type\":\"" + parts[1]
                            + "\",\"collection\":\"users\",\"encoding\":\"none\"}");
            }
        }
        String traits = email == null ? "" : "\"traits\":{\"email\":\"" + email + "\"},";
        return event(
                EventType.IDENTIFY,
                millis,
                user,
                device,
                null,
                "{" + traits + "\"context\":{\"externalIds\":[" + String.join(",", external) + "]}}");
    }

    private static Event json(String user, String json) {
        return event(EventType.IDENTIFY, 0, user, null, null, json);
    }

    private static Event alias(String user, String previous) {
        return event(EventType.ALIAS, 0, user, null, previous, "{}");
    }

    private static Event event(
            EventType type,
            long millis,
            @Nullable String user,
            @Nullable String device,
            @Nullable String previous,
            String json) {
        long at = 1_790_000_000_000L + millis;
        return Events.at(type, "s", "m" + messages++, user, device, null, previous, at, at, json);
    }

    /** All events through one lane, each settled before the next. */
    private static final class Run {
        private final InMemoryStore store = new InMemoryStore(PARTITIONS);
        private final RecordedLog log = new RecordedLog(store);

        Run(IdentityRules rules, List<Event> events) {
            IdentityLane lane =
                    new IdentityLane(store, log, IdentityConfig.DEFAULT, workspace -> rules, ChannelTransport.NONE);
            lane.open(IntStream.range(0, PARTITIONS).boxed().toList());
            for (Event event : events) {
                lane.apply(List.of(event));
                while (!lane.isIdle()) {
                    lane.drain();
                }
                log.observe();
            }
        }

        List<String> profiles() {
            return log.committed.stream()
                    .filter(IdentifiedEvent.class::isInstance)
                    .map(entry -> ((IdentifiedEvent) entry).profileId())
                    .toList();
        }
    }

    private static Set<Set<String>> persons(Row row) {
        StoredState state = StoredState.read(new Run(row.rules, row.events).store);
        Map<ActorId, Set<String>> byRoot = new TreeMap<>();
        for (ActorId id : state.actors.keySet()) {
            byRoot.computeIfAbsent(state.root(id), key -> new TreeSet<>()).add(id.type() + ":" + id.value());
        }
        return new HashSet<>(byRoot.values());
    }
}
