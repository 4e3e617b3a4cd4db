package io.segmentdo.event;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.segmentdo.config.ByteSize;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class EventParserTest {
    private static final JsonMapper JSON = new JsonMapper();
    private static final Origin BROWSER = new Origin("acme", "js", "browser", true);
    private static final Origin SERVER = new Origin("acme", "api", "server", false);
    private static final long RECEIVED = Instant.parse("2026-11-23T10:00:00Z").toEpochMilli();

    private final EventParser parser = new EventParser(EventLimits.DEFAULT, () -> "made-here");

    @Test
    void whatIsSentStaysByteForByteAroundTheMembersThatChange() {
        String sent = """
                { "event" : "Order\\u0020Completed", "messageId":"m1","userId":"u1" ,"writeKey":"secret",
                  "properties":{ "price": 1.50e1, "n":12345678901234567890,"ö":"\\ud83d\\ude00 ü" } , "sentAt": "2026-11-23T09:00:01Z",
                  "timestamp":"2026-11-23T09:00:00.123456789Z", "context":{"ip":"1.2.3.4"},"integrations":{"All":true}, "options":[1, 2]}""";

        Event event = one(call(sent, EventType.TRACK, SERVER));

        assertThat(event.json().toString()).isEqualTo("""
                        {"event" : "Order\\u0020Completed", "messageId":"m1","userId":"u1",\
                        "properties":{ "price": 1.50e1, "n":12345678901234567890,"ö":"\\ud83d\\ude00 ü" } , "sentAt": "2026-11-23T09:00:01Z",\
                        "context":{"ip":"1.2.3.4"},"integrations":{"All":true}, "options":[1, 2],\
                        "type":"track","originalTimestamp":"2026-11-23T09:00:00.123456789Z",\
                        "timestamp":"2026-11-23T09:59:59.123Z","receivedAt":"2026-11-23T10:00:00.000Z",\
                        "channel":"server","version":2,"projectId":"api"}""");
        assertThat(event.messageId()).isEqualTo("m1");
        assertThat(event.userId()).isEqualTo("u1");
        assertThat(event.anonymousId()).isNull();
        assertThat(event.workspace()).isEqualTo("acme");
        assertThat(event.source()).isEqualTo("api");
    }

    @Test
    void anEventWithoutAnythingGetsEverything() {
        Event event = one(call("{\"userId\":\"u\"}", EventType.IDENTIFY, SERVER));

        assertThat(event.messageId()).isEqualTo("made-here");
        assertThat(event.timestampMillis()).isEqualTo(RECEIVED);
        assertThat(event.json().toString()).isEqualTo("""
                        {"userId":"u","type":"identify","messageId":"made-here","context":{},"integrations":{},\
                        "timestamp":"2026-11-23T10:00:00.000Z","receivedAt":"2026-11-23T10:00:00.000Z",\
                        "channel":"server","version":2,"projectId":"api"}""");
    }

    @ParameterizedTest
    @EnumSource(EventType.class)
    void thePathGivesTheTypeOfACallWhateverItSaysItself(EventType type) {
        String sent = "{\"type\":\"nonsense\",\"event\":\"e\",\"userId\":\"u\",\"groupId\":\"g\",\"previousId\":\"p\"}";

        Event event = one(call(sent, type, SERVER));

        assertThat(event.type()).isEqualTo(type);
        assertThat(tree(event).path("type").asText()).isEqualTo(type.wireName());
        assertThat(event.groupId()).isEqualTo("g");
        assertThat(event.previousId()).isEqualTo("p");
    }

    @Test
    void theBatchGivesWhatItsEventsDoNotHaveAndTheEventWins() {
        String sent = """
                {"batch":[{"type":"track","event":"a","userId":"u","context":{"library":{"name":"own"}}},
                          {"type":"track","event":"b","userId":"u","integrations":{"All":false},"sentAt":"2026-11-23T09:00:00Z"}],
                 "context":{"library":{"name":"go"},"locale":"de"},"integrations":{"All":true,"X":{"y":1}},
                 "sentAt":"2026-11-23T10:00:00Z","writeKey":"k"}""";

        List<Event> events = batch(sent, SERVER).events();

        assertThat(tree(events.get(0)).path("context"))
                .isEqualTo(tree("{\"library\":{\"name\":\"own\"},\"locale\":\"de\"}"));
        assertThat(tree(events.get(0)).path("integrations")).isEqualTo(tree("{\"All\":true,\"X\":{\"y\":1}}"));
        assertThat(tree(events.get(0)).path("sentAt").asText()).isEqualTo("2026-11-23T10:00:00Z");
        assertThat(tree(events.get(1)).path("context"))
                .isEqualTo(tree("{\"library\":{\"name\":\"go\"},\"locale\":\"de\"}"));
        assertThat(tree(events.get(1)).path("integrations")).isEqualTo(tree("{\"All\":false,\"X\":{\"y\":1}}"));
        assertThat(tree(events.get(1)).path("sentAt").asText()).isEqualTo("2026-11-23T09:00:00Z");
    }

    @Test
    void theEnvelopeMayStandBehindTheEventsOrBeforeThem() {
        String events = "\"batch\":[{\"type\":\"page\",\"anonymousId\":\"a\",\"writeKey\":\"inner\"}]";
        String envelope = "\"writeKey\":\"k\",\"context\":{\"locale\":\"de\"}";

        Scan.Understood before = scan("{" + envelope + "," + events + "}");
        assertThat(before.writeKey()).isEqualTo("k");
        JsonNode first = tree(one(before.enrich(Arrival.of(SERVER, null, RECEIVED))));
        Scan.Understood behind = scan("{" + events + "," + envelope + "}");
        assertThat(behind.writeKey()).isEqualTo("k");
        JsonNode second = tree(one(behind.enrich(Arrival.of(SERVER, null, RECEIVED))));

        assertThat(first).isEqualTo(second);
        assertThat(first.has("writeKey")).isFalse();
    }

    @Test
    void theWriteKeyOfAnEventCountsWhenTheBatchHasNone() {
        String sent = "{\"batch\":[{\"type\":\"page\"},{\"type\":\"page\",\"writeKey\":\"inner\"}]}";

        assertThat(scan(sent).writeKey()).isEqualTo("inner");
        assertThat(scan("{\"batch\":[{}]}").writeKey()).isNull();
    }

    @ParameterizedTest
    @CsvSource({
        // sender's clock right, an hour behind, an hour ahead; imports of old data
        "2026-11-23T09:59:50Z, 2026-11-23T10:00:00Z, 2026-11-23T09:59:50Z",
        "2026-11-23T08:59:50Z, 2026-11-23T09:00:00Z, 2026-11-23T09:59:50Z",
        "2026-11-23T10:59:50Z, 2026-11-23T11:00:00Z, 2026-11-23T09:59:50Z",
        "2020-01-01T00:00:00Z, 2026-11-23T10:00:00Z, 2020-01-01T00:00:00Z",
        "2020-01-01T00:00:00Z, nonsense, 2020-01-01T00:00:00Z",
        "nonsense, 2026-11-23T10:00:00Z, 2026-11-23T10:00:00Z",
        "0001-01-01T00:00:00Z, 9999-01-01T00:00:00Z, 0001-01-01T00:00:00Z"
    })
    void theTimestampIsCorrectedForTheSendersClock(String timestamp, String sentAt, Instant expected) {
        Event event = one(call(
                "{\"userId\":\"u\",\"timestamp\":\"%s\",\"sentAt\":\"%s\"}".formatted(timestamp, sentAt),
                EventType.PAGE,
                SERVER));

        assertThat(Instant.ofEpochMilli(event.timestampMillis())).isEqualTo(expected);
        assertThat(Instant.parse(tree(event).path("timestamp").asText())).isEqualTo(expected);
        assertThat(tree(event).path("originalTimestamp").asText()).isEqualTo(timestamp);
    }

    @Test
    void timestampsMayBeNumbersOrNullOrMissing() {
        assertThat(one(call("{\"userId\":\"u\",\"timestamp\":1600000000123}", EventType.PAGE, SERVER))
                        .timestampMillis())
                .isEqualTo(1_600_000_000_123L);
        assertThat(one(call("{\"userId\":\"u\",\"timestamp\":null,\"sentAt\":null}", EventType.PAGE, SERVER))
                        .json()
                        .toString())
                .doesNotContain("originalTimestamp", "sentAt");
        assertThat(one(call(
                                "{\"userId\":\"u\",\"originalTimestamp\":\"2020-01-01T00:00:00Z\"}",
                                EventType.PAGE,
                                SERVER))
                        .timestampMillis())
                .isEqualTo(1_577_836_800_000L);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{}|{\"ip\":\"9.9.9.9\"}",
                "{\"ip\":\"1.1.1.1\"}|{\"ip\":\"1.1.1.1\"}",
                "{\"ip\":null,\"a\":1}|{\"a\":1,\"ip\":\"9.9.9.9\"}",
                "{\"a\":1, \"ip\" : \"\"}|{\"a\":1,\"ip\":\"9.9.9.9\"}",
                "null|{\"ip\":\"9.9.9.9\"}",
                "[]|{\"ip\":\"9.9.9.9\"}"
            })
    void theAddressIsFilledInForClientsThatGaveNone(String context, String expected) {
        String sent = "{\"userId\":\"u\",\"context\":" + context + "}";

        assertThat(tree(one(call(sent, EventType.PAGE, BROWSER))).path("context"))
                .isEqualTo(tree(expected));
    }

    @Test
    void theAddressOfACustomersBackendIsNotTheUsers() {
        assertThat(tree(one(call("{\"userId\":\"u\"}", EventType.PAGE, SERVER))).path("context"))
                .isEqualTo(tree("{}"));
        assertThat(tree(one(call("{\"userId\":\"u\",\"context\":{\"direct\":true}}", EventType.PAGE, SERVER)))
                        .path("context"))
                .isEqualTo(tree("{\"direct\":true,\"ip\":\"9.9.9.9\"}"));
    }

    @Test
    void numericIdsBecomeStringsAndNullMeansAbsent() {
        Event event = one(
                call("{\"userId\":42,\"anonymousId\":null,\"messageId\":7,\"event\":\"e\"}", EventType.TRACK, SERVER));

        assertThat(event.userId()).isEqualTo("42");
        assertThat(event.anonymousId()).isNull();
        assertThat(event.messageId()).isEqualTo("7");
        assertThat(tree(event).path("userId")).isEqualTo(tree("\"42\""));
        assertThat(tree(event).path("messageId")).isEqualTo(tree("\"7\""));
        assertThat(tree(event).path("anonymousId").isNull()).isTrue();
    }

    @Test
    void numbersThatJsonDoesNotKnowBecomeNullAndCostNothing() {
        String sent = """
                {"batch":[{"type":"track","event":"a","userId":"u","properties":{"x":NaN,"y":[Infinity,-Infinity , 1],"z":{"ö":-Infinity}}},
                {"type":"track","event":"b","userId":"u","properties":{"x":1.0}}],"context":{"w":NaN}}""";

        List<Event> events = batch(sent, SERVER).events();

        assertThat(tree(events.get(0)).path("properties"))
                .isEqualTo(tree("{\"x\":null,\"y\":[null,null,1],\"z\":{\"ö\":null}}"));
        assertThat(tree(events.get(0)).path("context")).isEqualTo(tree("{\"w\":null}"));
        assertThat(events.get(1).json().toString()).contains("\"properties\":{\"x\":1.0}");
    }

    @Test
    void anEmptyArrayIsAnEmptyObjectWhereOneIsExpected() {
        JsonNode event = tree(one(call(
                "{\"userId\":\"u\",\"event\":\"e\",\"properties\":[],\"integrations\":[ ],\"context\":[],\"tags\":[]}",
                EventType.TRACK,
                SERVER)));

        assertThat(event.path("properties")).isEqualTo(tree("{}"));
        assertThat(event.path("integrations")).isEqualTo(tree("{}"));
        assertThat(event.path("context")).isEqualTo(tree("{}"));
        assertThat(event.path("tags")).isEqualTo(tree("[]"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"type\":\"track\",\"event\":\"e\"}|no_user_anon_id",
                "{\"type\":\"track\",\"event\":\"e\",\"userId\":\"\",\"anonymousId\":null}|no_user_anon_id",
                "{\"type\":\"track\",\"event\":\"e\",\"userId\":true}|id_not_string",
                "{\"type\":\"track\",\"event\":\"e\",\"userId\":{\"a\":1}}|id_not_string",
                "{\"type\":\"track\",\"userId\":\"u\"}|event_not_defined",
                "{\"type\":\"track\",\"userId\":\"u\",\"event\":\"\"}|event_not_defined",
                "{\"type\":\"track\",\"userId\":\"u\",\"event\":null}|event_not_defined",
                "{\"type\":\"track\",\"userId\":\"u\",\"event\":5}|event_not_string",
                "{\"type\":\"track\",\"userId\":\"u\",\"event\":\"e\",\"properties\":\"p\"}|properties_not_object",
                "{\"type\":\"track\",\"userId\":\"u\",\"event\":\"e\",\"properties\":[1]}|properties_not_object",
                "{\"type\":\"identify\",\"userId\":\"u\",\"traits\":5}|traits_not_object",
                "{\"type\":\"page\",\"userId\":\"u\",\"name\":5}|name_not_string",
                "{\"type\":\"screen\",\"userId\":\"u\",\"category\":{}}|category_not_string",
                "{\"type\":\"group\",\"userId\":\"u\"}|group_id_required",
                "{\"type\":\"group\",\"userId\":\"u\",\"groupId\":null}|group_id_required",
                "{\"type\":\"group\",\"groupId\":\"g\"}|no_user_anon_id",
                "{\"type\":\"alias\",\"userId\":\"u\"}|previous_id_required",
                "{\"type\":\"alias\",\"previousId\":\"u\"}|previous_id_required",
                "{\"type\":\"dance\",\"userId\":\"u\"}|invalid_type",
                "{\"type\":3,\"userId\":\"u\"}|invalid_type",
                "{\"userId\":\"u\"}|missing_type",
                "{\"type\":null,\"userId\":\"u\"}|missing_type",
                "{\"type\":\"page\",\"userId\":\"u\",\"context\":\"c\"}|context_not_object",
                "{\"type\":\"page\",\"userId\":\"u\",\"integrations\":true}|integrations_not_object",
                "{\"type\":\"page\",\"userId\":\"u\",\"context\":{\"device\":{\"advertisingId\":5}}}|device_advertisingid_should_be_string",
                "\"text\"|event_not_object",
                "null|event_not_object",
                "[{\"type\":\"page\"}]|event_not_object",
                "{\"type\":\"track\",\"userId\":\"u\",\"event\":\"Segment Consent Preference Updated\"}|consent_categorypreferences_should_exist",
                "{\"type\":\"track\",\"userId\":\"u\",\"event\":\"Segment Consent Preference Updated\",\"context\":{\"consent\":{\"categoryPreferences\":[]}}}|consent_categorypreferences_fields_should_be_object",
                "{\"type\":\"track\",\"userId\":\"u\",\"event\":\"Segment Consent Preference Updated\",\"context\":{\"consent\":{\"categoryPreferences\":{\"a\":1}}}}|consent_categorypreferences_fields_should_be_bool",
                "{\"type\":\"track\",\"userId\":\"u\",\"event\":\"Segment Consent Preference Updated\",\"context\":{\"consent\":{\"version\":\"1\",\"categoryPreferences\":{\"a\":true}}}}|consent_version_should_be_number"
            })
    void aBadEventIsDiscardedForItsReasonAndItsSiblingsStay(String bad, String code) {
        String good = "{\"type\":\"page\",\"userId\":\"u\"}";

        Parsed parsed = batch("{\"batch\":[%s,%s,%s]}".formatted(good, bad, good), SERVER);

        assertThat(parsed.events()).hasSize(2);
        assertThat(parsed.discards()).hasSize(1);
        assertThat(parsed.discards().getFirst().reason().code()).isEqualTo(code);
        assertThat(parsed.discards().getFirst().index()).isEqualTo(1);
        assertThat(tree(parsed.discards().getFirst().excerpt().toString())).isEqualTo(tree(bad));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"type\":\"page\",\"userId\":\"u\",\"name\":\"\",\"category\":\"\"}",
                "{\"type\":\"screen\",\"anonymousId\":\"a\",\"name\":null,\"category\":null,\"properties\":null}",
                "{\"type\":\"identify\",\"anonymousId\":\"a\"}",
                "{\"type\":\"alias\",\"userId\":\"u\",\"previousId\":\"u\"}",
                "{\"type\":\"track\",\"event\":\"e\",\"userId\":\"u\",\"traits\":\"whatever\"}",
                "{\"type\":\"track\",\"event\":\"e\",\"userId\":\"u\",\"context\":{\"os\":\"iOS\",\"device\":\"phone\",\"page\":{\"search\":{}}}}",
                "{\"type\":\"page\",\"userId\":\"u\",\"context\":{\"device\":{\"advertisingId\":null}}}",
                "{\"type\":\"track\",\"userId\":\"u\",\"event\":\"Segment Consent Preference Updated\",\"context\":{\"consent\":{\"version\":1,\"categoryPreferences\":{\"a\":true}}}}"
            })
    void whatRealSdksSendIsAccepted(String sent) {
        assertThat(batch("{\"batch\":[" + sent + "]}", SERVER).events()).hasSize(1);
    }

    @Test
    void aDuplicatedMemberCountsWithItsLastValueAsReadersOfJsonTakeIt() {
        String sent = """
                {"userId":"first","context":{"a":1},"event":"e","context":{"b":1e2},"userId":"last","properties":{"x":1.10}}""";

        Event event = one(call(sent, EventType.TRACK, BROWSER));

        assertThat(event.userId()).isEqualTo("last");
        assertThat(tree(event).path("context")).isEqualTo(tree("{\"b\":1e2,\"ip\":\"9.9.9.9\"}"));
        assertThat(event.json().toString()).containsOnlyOnce("\"userId\"").containsOnlyOnce("\"context\"");
    }

    @Test
    void escapedNamesAreTheSameNames() {
        Event event = one(call("{\"\\u0075serId\":\"u\",\"write\\u004bey\":\"secret\"}", EventType.PAGE, SERVER));

        assertThat(event.userId()).isEqualTo("u");
        assertThat(event.json().toString()).doesNotContain("secret");
    }

    @Test
    void samplesDoNotShowWriteKeys() {
        Discard discard = batch("{\"batch\":[{\"writeKey\":\"secret\",\"type\":\"dance\"}]}", SERVER)
                .discards()
                .getFirst();

        assertThat(discard.excerpt().toString()).isEqualTo("{\"type\":\"dance\"}");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"{}", "{\"batch\":null}", "{\"batch\":[]}", "{\"batch\":{}}", "{\"batch\":\"x\",\"a\":[1]}"})
    void aBatchWithoutEventsIsOneDiscard(String sent) {
        Parsed parsed = batch(sent, SERVER);

        assertThat(parsed.discards()).extracting(Discard::reason).containsExactly(DiscardReason.EMPTY_BATCH);
        assertThat(parsed.discarded()).isEqualTo(1);
    }

    @Test
    void aBatchMayHave2500EventsAndNotOneMore() {
        String event = "{\"type\":\"page\",\"userId\":\"u\"}";

        Parsed most = batch("{\"batch\":[" + event + ("," + event).repeat(2_499) + "]}", SERVER);
        Parsed more = batch("{\"batch\":[" + event + ("," + event).repeat(2_500) + "]}", SERVER);

        assertThat(most.events()).hasSize(2_500);
        assertThat(more.events()).isEmpty();
        assertThat(more.discards()).extracting(Discard::reason).containsExactly(DiscardReason.TOO_MANY_EVENTS);
        assertThat(more.discarded()).isEqualTo(2_501);
    }

    @Test
    void anEventTooLargeTooDeepOrWithTooLongANumberIsDiscardedAlone() {
        String large = "{\"type\":\"page\",\"userId\":\"u\",\"x\":\"" + "x".repeat(32 << 10) + "\"}";
        String deep = "{\"type\":\"page\",\"userId\":\"u\",\"x\":" + "[".repeat(64) + "]".repeat(64) + "}";
        String justDeepEnough = "{\"type\":\"page\",\"userId\":\"u\",\"x\":" + "[".repeat(63) + "]".repeat(63) + "}";
        String longNumber = "{\"type\":\"page\",\"userId\":\"u\",\"x\":" + "1".repeat(1_001) + "}";
        String longId = "{\"type\":\"page\",\"userId\":\"" + "u".repeat(1_001) + "\"}";
        String longMessageId = "{\"type\":\"page\",\"userId\":\"u\",\"messageId\":\"" + "m".repeat(101) + "\"}";

        Parsed parsed = batch(
                "{\"batch\":[" + String.join(",", large, deep, justDeepEnough, longNumber, longId, longMessageId)
                        + "]}",
                SERVER);

        assertThat(parsed.events()).hasSize(1);
        assertThat(parsed.discards())
                .extracting(Discard::reason)
                .containsExactly(
                        DiscardReason.EXCEED_PAYLOAD_LIMIT,
                        DiscardReason.NESTED_TOO_DEEPLY,
                        DiscardReason.NUMBER_TOO_LONG,
                        DiscardReason.ID_TOO_LONG,
                        DiscardReason.MESSAGE_ID_TOO_LONG);
        assertThat(parsed.discards())
                .allSatisfy(d -> assertThat(d.excerpt().length()).isLessThanOrEqualTo(1_024));
    }

    @Test
    void propertiesBeyondTheLimitAreDroppedAndReported() {
        EventLimits limits = new EventLimits(ByteSize.kibibytes(32), 10, 100, 100, 2, 64, 100);
        EventParser strict = new EventParser(limits, () -> "m");
        byte[] body =
                "{\"userId\":\"u\",\"traits\":{\"a\":1,\"b\":{\"x\":1}, \"c\":3,\"d\":4},\"z\":1}".getBytes(UTF_8);

        Parsed parsed = understood(strict.scanCall(body, body.length, EventType.IDENTIFY))
                .enrich(Arrival.of(SERVER, null, RECEIVED));

        assertThat(tree(one(parsed)).path("traits")).isEqualTo(tree("{\"a\":1,\"b\":{\"x\":1}}"));
        assertThat(tree(one(parsed)).path("z").asInt()).isEqualTo(1);
        assertThat(parsed.truncated()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "null",
                "5",
                "\"text\"",
                "[]",
                "[{\"userId\":\"u\"}]",
                "{",
                "{\"userId\":\"u\"",
                "{\"userId\":\"u\"}}",
                "{\"userId\":\"u\"}{}",
                "{\"userId\":\"u\",}",
                "{\"userId\":\"u\n\"}",
                "{'userId':'u'}",
                "{\"a\":01}",
                "{\"a\":nil}",
                "{\"a\":\"\\x\"}",
                "not json"
            })
    void aBodyThatIsNoJsonObjectIsMalformed(String sent) {
        byte[] body = sent.getBytes(UTF_8);

        assertThat(parser.scanCall(body, body.length, EventType.PAGE)).isInstanceOf(Scan.Malformed.class);
    }

    @Test
    void absurdNestingIsMalformedAndDoesNotOverflowTheStack() {
        byte[] body = ("{\"a\":" + "[".repeat(1_000_000)).getBytes(UTF_8);

        assertThat(parser.scanCall(body, body.length, EventType.PAGE)).isInstanceOf(Scan.Malformed.class);
    }

    @Test
    void otherEncodingsAreMalformedOrRepaired() {
        String sent = "{\"userId\":\"Jürgen\"}";
        byte[] utf16 = sent.getBytes(UTF_16);
        byte[] latin1 = sent.getBytes(ISO_8859_1);
        byte[] marked = ("\ufeff" + sent).getBytes(UTF_8);

        assertThat(parser.scanCall(utf16, utf16.length, EventType.PAGE)).isInstanceOf(Scan.Malformed.class);
        assertThat(one(enriched(parser.scanCall(latin1, latin1.length, EventType.PAGE)))
                        .userId())
                .isEqualTo("J\ufffdrgen");
        assertThat(one(enriched(parser.scanCall(marked, marked.length, EventType.PAGE)))
                        .userId())
                .isEqualTo("Jürgen");
    }

    @Test
    void onlyTheGivenLengthOfAnArrayIsRead() {
        byte[] body = "{\"userId\":\"u\"}garbage".getBytes(UTF_8);

        Event event = one(enriched(parser.scanCall(body, body.length - 7, EventType.PAGE)));

        assertThat(event.userId()).isEqualTo("u");
    }

    @Test
    void aPixelHasTheUsersAddressAndUserAgentEvenFromAServerSource() {
        byte[] body = "{\"userId\":\"u\"}".getBytes(UTF_8);

        Parsed parsed = understood(parser.scanCall(body, body.length, EventType.PAGE))
                .enrich(Arrival.ofPixel(SERVER, "9.9.9.9", "Mail \"Client\" ü", RECEIVED));

        assertThat(tree(one(parsed)).path("context"))
                .isEqualTo(tree("{\"ip\":\"9.9.9.9\",\"userAgent\":\"Mail \\\"Client\\\" ü\"}"));
    }

    private Parsed call(String sent, EventType type, Origin origin) {
        byte[] body = sent.getBytes(UTF_8);
        return understood(parser.scanCall(body, body.length, type)).enrich(Arrival.of(origin, "9.9.9.9", RECEIVED));
    }

    private Parsed batch(String sent, Origin origin) {
        return scan(sent).enrich(Arrival.of(origin, "9.9.9.9", RECEIVED));
    }

    private Scan.Understood scan(String sent) {
        byte[] body = sent.getBytes(UTF_8);
        return understood(parser.scanBatch(body, body.length));
    }

    private static Parsed enriched(Scan scan) {
        return understood(scan).enrich(Arrival.of(SERVER, null, RECEIVED));
    }

    private static Scan.Understood understood(Scan scan) {
        assertThat(scan).isInstanceOf(Scan.Understood.class);
        return (Scan.Understood) scan;
    }

    private static Event one(Parsed parsed) {
        assertThat(parsed.discards()).isEmpty();
        assertThat(parsed.events()).hasSize(1);
        return parsed.events().getFirst();
    }

    private static JsonNode tree(Event event) {
        return tree(event.json().toString());
    }

    private static JsonNode tree(String json) {
        try {
            return JSON.readTree(json);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
