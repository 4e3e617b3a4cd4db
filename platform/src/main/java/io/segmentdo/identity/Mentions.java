package io.segmentdo.identity;

import io.segmentdo.event.FrameReader;
import io.segmentdo.event.FrameWriter;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The identifiers that an event shows, without those that name nobody.
 *
 * <p>Immutable.
 *
 * @param user its {@code userId}
 * @param device its {@code anonymousId}
 * @param others all further ones, at most {@link #OTHERS_MAX}
 */
record Mentions(@Nullable ActorId user, @Nullable ActorId device, List<ActorId> others) {
    static final int OTHERS_MAX = 16;

    void write(FrameWriter frame) {
        Frames.putOptionalActor(frame, user);
        Frames.putOptionalActor(frame, device);
        Frames.putActors(frame, others);
    }

    static Mentions read(FrameReader frame, String workspace) {
        return new Mentions(
                Frames.readOptionalActor(frame, workspace),
                Frames.readOptionalActor(frame, workspace),
                Frames.readActors(frame, workspace));
    }

    /** Where its way through the actors begins, or null when it shows nobody. */
    @Nullable
    ActorId first() {
        if (device != null) {
            return device;
        }
        return user != null || others.isEmpty() ? user : others.getFirst();
    }
}
