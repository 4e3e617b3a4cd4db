package io.segmentdo.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.segmentdo.event.FrameReader;
import io.segmentdo.event.FrameWriter;
import io.segmentdo.problem.PlatformException;
import io.vertx.core.buffer.Buffer;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** What members send each other, as bytes. */
class SealedCodecTest {
    private static final Seal SEAL = Seal.by("what-all-members-know");

    @Test
    void aMessageIsReadByWhoKnowsTheSecret() {
        Buffer wire = Buffer.buffer("in front");
        codec(SEAL).encodeToWire(wire, "hello");

        assertThat(codec(Seal.by("what-all-members-know")).decodeFromWire(8, wire))
                .isEqualTo("hello");
    }

    @Test
    void aMessageOfAStrangerIsRefused() {
        Buffer wire = Buffer.buffer();
        codec(Seal.by("guessed-by-a-stranger")).encodeToWire(wire, "hello");

        assertThatThrownBy(() -> codec(SEAL).decodeFromWire(0, wire))
                .isInstanceOf(PlatformException.class)
                .hasMessageContaining("seal");
    }

    @Test
    void aMessageThatWasChangedIsRefused() {
        Buffer wire = Buffer.buffer();
        codec(SEAL).encodeToWire(wire, "hello");
        for (int i = Integer.BYTES; i < wire.length(); i++) {
            Buffer changed = wire.copy();
            changed.setByte(i, (byte) (changed.getByte(i) ^ 1));

            assertThatThrownBy(() -> codec(SEAL).decodeFromWire(0, changed)).isInstanceOf(PlatformException.class);
        }
    }

    @Test
    void aMessageIsNotTakenForOneOfAnotherKind() {
        Buffer wire = Buffer.buffer();
        codec(SEAL).encodeToWire(wire, "hello");
        SealedCodec<Integer> numbers = new SealedCodec<>(
                Integer.class, SEAL, number -> frame -> frame.putLong(number), frame -> (int) frame.readLong());

        assertThatThrownBy(() -> numbers.decodeFromWire(0, wire)).isInstanceOf(PlatformException.class);
    }

    private static SealedCodec<String> codec(Seal seal) {
        return new SealedCodec<>(String.class, seal, SealedCodecTest::write, FrameReader::readString);
    }

    private static Consumer<FrameWriter> write(String text) {
        return frame -> frame.putString(text);
    }
}
