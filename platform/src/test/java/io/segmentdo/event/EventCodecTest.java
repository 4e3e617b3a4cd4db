package io.segmentdo.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.segmentdo.problem.PlatformException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class EventCodecTest {
    private static final Event FULL = new Event(
            EventType.GROUP,
            "workspace",
            "site",
            "message-1",
            "user-ü-😀",
            "",
            "group",
            "previous",
            -1,
            Long.MAX_VALUE,
            Utf8Json.of("{\"type\":\"group\",\"x\":\"é\"}"));

    @ParameterizedTest
    @EnumSource(EventType.class)
    void anEventComesBackAsItWent(EventType type) {
        Event sparse = new Event(type, "w", "s", "m", null, null, null, null, 0, 1, Utf8Json.of("{}"));

        assertThat(EventCodec.decode(EventCodec.encode(sparse))).isEqualTo(sparse);
        assertThat(EventCodec.decode(EventCodec.encode(FULL))).isEqualTo(FULL);
    }

    @Test
    void aPartOfAnArrayIsEnough() {
        byte[] encoded = EventCodec.encode(FULL);
        byte[] padded = new byte[encoded.length + 20];
        System.arraycopy(encoded, 0, padded, 7, encoded.length);

        assertThat(EventCodec.decode(padded, 7, encoded.length)).isEqualTo(FULL);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 127, 128, 1000})
    void aRecordKeepsItsEventsInOrder(int count) {
        List<Event> events = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            events.add(random(new Random(i)));
        }

        assertThat(EventCodec.decodeAll(EventCodec.encodeAll(events))).isEqualTo(events);
    }

    @Test
    void aRecordCutAnywhereIsRefused() {
        byte[] record = EventCodec.encodeAll(List.of(FULL, FULL));

        for (int length = 0; length < record.length; length++) {
            byte[] cut = Arrays.copyOf(record, length);
            assertThatThrownBy(() -> EventCodec.decodeAll(cut))
                    .isInstanceOf(PlatformException.class)
                    .hasMessageStartingWith("corrupt record: ");
        }
    }

    @Test
    void bytesBehindTheEndAreRefused() {
        byte[] record = EventCodec.encode(FULL);
        byte[] longer = Arrays.copyOf(record, record.length + 1);

        assertThatThrownBy(() -> EventCodec.decode(longer)).hasMessageContaining("1 bytes behind the end");
    }

    @Test
    void anUnknownVersionIsRefusedByName() {
        byte[] record = EventCodec.encode(FULL);
        record[0] = 9;

        assertThatThrownBy(() -> EventCodec.decode(record)).hasMessageContaining("version 9 (expected: 1)");
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void noiseNeverDoesMoreThanFail(long seed) {
        Random random = new Random(seed);
        byte[] record = EventCodec.encodeAll(List.of(FULL, FULL));

        for (int i = 0; i < 20_000; i++) {
            byte[] noisy = record.clone();
            noisy[random.nextInt(noisy.length)] = (byte) random.nextInt();
            noisy[random.nextInt(noisy.length)] = (byte) random.nextInt();
            try {
                EventCodec.decodeAll(noisy);
            } catch (PlatformException e) {
                assertThat(e).as("seed %d", seed).hasMessageStartingWith("corrupt record: ");
            }
        }
    }

    private static Event random(Random random) {
        return new Event(
                List.of(EventType.values()).get(random.nextInt(6)),
                text(random),
                text(random),
                text(random),
                random.nextBoolean() ? text(random) : null,
                random.nextBoolean() ? text(random) : null,
                random.nextBoolean() ? text(random) : null,
                random.nextBoolean() ? text(random) : null,
                random.nextLong(),
                random.nextLong(),
                Utf8Json.of(text(random)));
    }

    private static String text(Random random) {
        return random.ints(random.nextInt(200), 32, 0x3000)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }
}
