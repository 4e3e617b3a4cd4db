package io.segmentdo.sdk;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;

/** The six calls that an application makes through an SDK, written as the events that should arrive of them. */
final class Calls {
    static final ObjectMapper MAPPER = new ObjectMapper();

    private static final String IDENTIFY = """
            {"type": "identify", "userId": "user-${who}", "anonymousId": "device-${who}",
             "traits": {"name": "Zoë Ångström", "email": "zoe-${who}@example.com", "logins": 5, "score": 4.75,
                        "admin": false, "address": {"city": "東京", "lines": ["1-2-3 \\"Ginza\\"", "🏢"]}}}""";

    private static final String TRACK = """
            {"type": "track", "userId": "user-${who}", "anonymousId": "device-${who}", "event": "Order Completed",
             "properties": {"orderId": "50314b8e", "total": 30.5, "quantity": 9007199254740991, "coupon": "",
                            "products": [{"sku": "a", "price": 10}, {"sku": "b", "price": 20.5}]},
             "context": {"locale": "de-CH", "campaign": {"name": "spring", "source": "mail"}},
             "integrations": {"All": true, "Another Tool": false, "A Third": {"list": "vip"}}}""";

    private static final String PAGE = """
            {"type": "page", "userId": "user-${who}", "anonymousId": "device-${who}", "category": "Docs",
             "name": "Pricing", "properties": {"url": "https://example.com/p?a=1&b=%20#top", "path": "/p"}}""";

    private static final String SCREEN = """
            {"type": "screen", "userId": "user-${who}", "anonymousId": "device-${who}", "name": "Inbox",
             "properties": {"unread": 3, "folder": "all"}}""";

    private static final String GROUP = """
            {"type": "group", "userId": "user-${who}", "anonymousId": "device-${who}", "groupId": "account-${who}",
             "traits": {"name": "Initech", "employees": 329, "plan": "enterprise"}}""";

    private static final String ALIAS = """
            {"type": "alias", "userId": "member-${who}", "previousId": "visitor-${who}"}""";

    private Calls() {}

    /** What a backend sends: every call names its user and device itself. */
    static List<ObjectNode> ofServer(String who) {
        return parse(who, IDENTIFY, TRACK, PAGE, SCREEN, GROUP, ALIAS);
    }

    /**
     * What a browser or an app sends: the SDK knows user and device, so the ids of the calls after identify are its own
     * work, and the device's id is its own choice.
     */
    static List<ObjectNode> ofClient(String who) {
        List<ObjectNode> calls = parse(who, ALIAS, IDENTIFY, TRACK, PAGE, SCREEN, GROUP);
        calls.forEach(call -> call.remove(List.of("anonymousId", "context", "integrations")));
        return calls;
    }

    static JsonNode json(String text) {
        try {
            return MAPPER.readTree(text);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(text, e);
        }
    }

    private static List<ObjectNode> parse(String who, String... templates) {
        List<ObjectNode> calls = new ArrayList<>();
        for (String template : templates) {
            calls.add((ObjectNode) json(template.replace("${who}", who)));
        }
        return calls;
    }
}
