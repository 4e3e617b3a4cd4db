package io.segmentdo.benchmarks;

import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Makes HTTP requests that carry track events of about 0.9 KB, each with a messageId of its own.
 *
 * <p>The text is rendered once; per request only the digits of messageId and user change, so that the generator costs as
 * little as it can. Safe for concurrent use.
 */
final class Requests {
    private static final String NUMBER = "0000000000000000";
    private static final String EVENT = """
            {"type":"track","event":"Order Completed","messageId":"#R-#M","userId":"user-#U","anonymousId":"anon-#U",\
            "properties":{"orderId":"50314b8e9bcf000000000000","affiliation":"Google Store","total":27.5,"revenue":25.0,\
            "shipping":3,"tax":2,"discount":2.5,"coupon":"hasbros","currency":"USD","products":[{"productId":"507f1f77bcf86cd799439011",\
            "sku":"45790-32","name":"Monopoly: 3rd Edition","price":19,"quantity":1,"category":"Games"},\
            {"productId":"505bd76785ebb509fc183733","sku":"46493-32","name":"Uno Card Game","price":3,"quantity":2,"category":"Games"}]},\
            "context":{"library":{"name":"analytics-java","version":"3.5.4"},"locale":"en-US","timezone":"Europe/Amsterdam",\
            "userAgent":"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36","page":{"path":"/checkout/done",\
            "title":"Thank you","url":"https://shop.example.com/checkout/done"}},"timestamp":"2026-11-23T10:11:12.345Z"}""";

    private final byte[] template;
    private final int[] messageIdOffsets;
    private final int[] userOffsets;
    private final int users;
    private final AtomicLong next = new AtomicLong();

    private Requests(byte[] template, int[] messageIdOffsets, int[] userOffsets, int users) {
        this.template = template;
        this.messageIdOffsets = messageIdOffsets;
        this.userOffsets = userOffsets;
        this.users = users;
    }

    /**
     * Requests to {@code /v1/track}, or to {@code /v1/batch} when there is more than one event in each.
     *
     * @param run tells the messageIds of this run from those of others
     * @param users how many users the events are spread over, evenly
     */
    static Requests of(String writeKey, String run, int eventsPerRequest, int users) {
        String event = EVENT.replace("#R", run);
        String body = eventsPerRequest == 1
                ? event
                : "{\"batch\":[" + (event + ",").repeat(eventsPerRequest - 1) + event
                        + "],\"sentAt\":\"2026-11-23T10:11:12.400Z\"}";
        body = body.replace("#M", NUMBER).replace("#U", NUMBER);
        String auth = Base64.getEncoder().encodeToString((writeKey + ":").getBytes(StandardCharsets.UTF_8));
        String head = "POST " + (eventsPerRequest == 1 ? "/v1/track" : "/v1/batch") + " HTTP/1.1\r\n"
                + "Host: 127.0.0.1\r\nAuthorization: Basic " + auth + "\r\nContent-Type: application/json\r\n"
                + "Content-Length: " + body.length() + "\r\n\r\n";
        String text = head + body;
        return new Requests(
                text.getBytes(StandardCharsets.UTF_8),
                offsets(text, "\"messageId\":\"" + run + "-"),
                offsets(text, "user-", "anon-"),
                users);
    }

    private static int[] offsets(String text, String... markers) {
        return java.util.Arrays.stream(markers)
                .flatMapToInt(marker -> java.util.stream.IntStream.iterate(
                                text.indexOf(marker), at -> at >= 0, at -> text.indexOf(marker, at + 1))
                        .map(at -> at + marker.length()))
                .filter(at -> text.startsWith(NUMBER, at))
                .toArray();
    }

    int eventsPerRequest() {
        return messageIdOffsets.length;
    }

    /** The next request; its bytes are the caller's. */
    Buffer next() {
        byte[] bytes = template.clone();
        long first = next.getAndAdd(messageIdOffsets.length);
        for (int i = 0; i < messageIdOffsets.length; i++) {
            long number = first + i;
            write(bytes, messageIdOffsets[i], number);
        }
        int half = userOffsets.length / 2;
        for (int i = 0; i < half; i++) {
            // a fixed permutation, so that neighbours in time are not neighbours in the key space
            long user = (first + i) * 7_368_787L % users;
            write(bytes, userOffsets[i], user);
            write(bytes, userOffsets[half + i], user);
        }
        return Buffer.buffer(bytes);
    }

    private static void write(byte[] bytes, int offset, long number) {
        long rest = number;
        for (int i = NUMBER.length() - 1; i >= 0; i--) {
            bytes[offset + i] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
    }
}
