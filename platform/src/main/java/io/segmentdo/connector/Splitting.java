package io.segmentdo.connector;

import io.segmentdo.api.Delivery;
import io.segmentdo.api.OutboundEvent;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Remembers of events that were refused together how many of them may go together next. Confined to its thread. */
final class Splitting {
    private final Recent<Integer> most = new Recent<>();

    /** By message id. */
    Map<Object, Integer> most() {
        return most;
    }

    /** Has the events tried again at once, in halves. */
    List<Delivery> halve(List<OutboundEvent> events) {
        int half = Math.max(1, events.size() / 2);
        events.forEach(event -> most.put(event.messageId(), half));
        return List.of(Delivery.retryAfter("refused together, tried again in halves", Duration.ZERO));
    }
}
