package io.segmentdo.identity;

import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Carries mail to one lane of another member, one parcel at a time.
 *
 * <p>The event bus has no back-pressure, so a parcel is a request and the next one gathers meanwhile. When one is not
 * answered, what has gathered is dropped: messages without a receipt are sent again anyway. Confined to its lane.
 */
final class Courier {
    private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(5);
    private static final int PARCEL_MESSAGES = 2048;
    private static final long PARCEL_BYTES = 2 << 20;
    private static final int WAITING_MAX = 100_000;

    private record Way(int from, int to) {}

    private final Vertx vertx;
    private final String address;
    private final DeliveryOptions options = new DeliveryOptions().setSendTimeout(ANSWER_TIMEOUT.toMillis());
    private final Deque<ChannelMessage> messages = new ArrayDeque<>();
    private final Map<Way, ChannelMessage.Receipt> receipts = new LinkedHashMap<>();
    private boolean underWay;

    Courier(Vertx vertx, Place place) {
        this.vertx = vertx;
        this.address = place.mailAddress();
    }

    /** Whether nothing waits and nothing is under way. */
    boolean isIdle() {
        return !underWay && messages.isEmpty() && receipts.isEmpty();
    }

    void send(List<ChannelMessage> more) {
        if (messages.size() + more.size() <= WAITING_MAX) {
            messages.addAll(more);
        }
        next();
    }

    void acknowledge(List<ChannelMessage.Receipt> more) {
        more.forEach(receipt -> receipts.put(new Way(receipt.from(), receipt.to()), receipt));
        next();
    }

    private void next() {
        if (underWay || (messages.isEmpty() && receipts.isEmpty())) {
            return;
        }
        LaneMail parcel = new LaneMail(takeMessages(), List.copyOf(receipts.values()));
        receipts.clear();
        underWay = true;
        vertx.eventBus().request(address, parcel, options).onComplete(answer -> {
            underWay = false;
            if (answer.failed()) {
                messages.clear();
                receipts.clear();
            }
            next();
        });
    }

    private List<ChannelMessage> takeMessages() {
        List<ChannelMessage> taken = new ArrayList<>();
        long bytes = 0;
        while (!messages.isEmpty() && taken.size() < PARCEL_MESSAGES && bytes < PARCEL_BYTES) {
            ChannelMessage message = messages.removeFirst();
            bytes += message.body().length;
            taken.add(message);
        }
        return taken;
    }
}
