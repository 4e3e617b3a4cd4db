package io.segmentdo.r2;

import io.segmentdo.api.OutboundEvent;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;

/** Names objects after the events in them: the same events, in whatever order, have the same key. Pure. */
final class ObjectKey {
    private static final int DIGEST_BYTES = 16;
    private static final DateTimeFormatter HIVE = format("'dt='yyyy-MM-dd'/hr='HH");
    private static final DateTimeFormatter PLAIN = format("yyyy/MM/dd/HH");
    private static final DateTimeFormatter TIME = format("yyyyMMdd'T'HHmmssSSS'Z'");

    private ObjectKey() {}

    private static DateTimeFormatter format(String pattern) {
        return DateTimeFormatter.ofPattern(pattern, Locale.ROOT).withZone(ZoneOffset.UTC);
    }

    /** The key of an object with events of one hour, without an extension. */
    static String of(List<OutboundEvent> events, String prefix, String layout) {
        Instant first = events.stream()
                .map(OutboundEvent::receivedAt)
                .min(Instant::compareTo)
                .orElseThrow();
        DateTimeFormatter folder = layout.equals("hive") ? HIVE : PLAIN;
        return prefix + "/" + folder.format(first) + "/" + TIME.format(first) + "-" + digest(events);
    }

    private static String digest(List<OutboundEvent> events) {
        MessageDigest digest = sha256();
        events.stream().map(OutboundEvent::messageId).sorted().forEach(id -> {
            digest.update(id.getBytes(StandardCharsets.UTF_8));
            digest.update((byte) '\n');
        });
        return HexFormat.of().formatHex(digest.digest(), 0, DIGEST_BYTES);
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // every JDK has it
        }
    }

    /** As it stands in a URL: everything but letters, digits, {@code -._~} and slashes is encoded, as signatures want it. */
    static String encoded(String key) {
        return URLEncoder.encode(key, StandardCharsets.UTF_8)
                .replace("+", "%20")
                .replace("*", "%2A")
                .replace("%2F", "/");
    }
}
