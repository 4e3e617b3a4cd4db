package io.segmentdo.identity;

import io.segmentdo.event.Event;
import io.segmentdo.event.EventType;
import java.util.Random;

/** Events over so few identifiers that most of them meet: three users, four devices, two e-mails, two sources. */
final class RandomEvents {
    private final Random random;
    private final World.Flavour flavour;
    private int next;

    RandomEvents(Random random, World.Flavour flavour) {
        this.random = random;
        this.flavour = flavour;
    }

    Event next(long clock) {
        String messageId = "m" + next++;
        String user = random.nextInt(3) == 0 ? null : "u" + random.nextInt(3);
        String device = user != null && random.nextInt(4) == 0 ? null : "a" + random.nextInt(4);
        String source = "s" + random.nextInt(2);
        String email = random.nextInt(3) == 0 ? ",\"email\":\"e" + random.nextInt(2) + "\"" : "";
        String traits = "{\"traits\":{\"k" + random.nextInt(2) + "\":\"" + messageId + "\"" + email + "}}";
        EventType type = random.nextInt(3) == 0 ? EventType.TRACK : EventType.IDENTIFY;
        String previous = null;
        if (flavour.hasAliases() && random.nextInt(10) == 0) {
            type = EventType.ALIAS;
            user = "u" + random.nextInt(3);
            previous = random.nextInt(4) == 0 ? "a" + random.nextInt(4) : "u" + random.nextInt(3);
        }
        String group = null;
        if (previous == null && random.nextInt(10) == 0) {
            type = EventType.GROUP;
            group = "g" + random.nextInt(2);
        }
        long timestamp = clock - random.nextInt(5000) + random.nextInt(2000);
        return Events.at(type, source, messageId, user, device, group, previous, timestamp, clock, traits);
    }

    ActorId identifier() {
        return random.nextBoolean()
                ? Events.user("u" + random.nextInt(3))
                : random.nextBoolean() ? Events.device("a" + random.nextInt(4)) : Events.email("e" + random.nextInt(2));
    }
}
