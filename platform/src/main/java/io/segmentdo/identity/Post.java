package io.segmentdo.identity;

import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BiConsumer;
import java.util.function.ToIntFunction;

/**
 * Carries the mail of one lane to the lanes that own the partitions it is for, on this node and on others. What has no
 * known owner is left out; it is sent again once there is one. Confined to its lane.
 */
final class Post implements ChannelTransport {
    private final Vertx vertx;
    private final Directory directory;
    private final DeliveryOptions local = new DeliveryOptions().setLocalOnly(true);
    private final Map<Place, Courier> couriers = new HashMap<>();

    Post(Vertx vertx, Directory directory) {
        this.vertx = vertx;
        this.directory = directory;
    }

    @Override
    public void send(List<ChannelMessage> messages) {
        sort(messages, ChannelMessage::to, (place, mail) -> {
            if (directory.isHere(place)) {
                post(place, new LaneMail(mail, List.of()));
            } else {
                courier(place).send(mail);
            }
        });
    }

    @Override
    public void acknowledge(List<ChannelMessage.Receipt> receipts) {
        sort(receipts, ChannelMessage.Receipt::from, (place, mail) -> {
            if (directory.isHere(place)) {
                post(place, new LaneMail(List.of(), mail));
            } else {
                courier(place).acknowledge(mail);
            }
        });
    }

    /** Sends again what has no receipt yet, except where mail is still under way. */
    void resend(List<ChannelMessage> unacknowledged) {
        couriers.values().removeIf(Courier::isIdle);
        send(unacknowledged.stream()
                .filter(message -> {
                    Place place = directory.find(message.to());
                    return place != null && !couriers.containsKey(place);
                })
                .toList());
    }

    private Courier courier(Place place) {
        return couriers.computeIfAbsent(place, to -> new Courier(vertx, to));
    }

    private void post(Place place, LaneMail mail) {
        vertx.eventBus().send(place.mailAddress(), mail, local);
    }

    private <T> void sort(List<T> mail, ToIntFunction<T> partition, BiConsumer<Place, List<T>> carry) {
        Map<Place, List<T>> sorted = new HashMap<>();
        for (T one : mail) {
            Place place = directory.find(partition.applyAsInt(one));
            if (place != null) {
                Objects.requireNonNull(sorted.computeIfAbsent(place, to -> new ArrayList<>()))
                        .add(one);
            }
        }
        sorted.forEach(carry);
    }
}
