package io.segmentdo.delivery;

import io.segmentdo.api.Delivery;
import io.segmentdo.api.OutboundEvent;
import io.segmentdo.event.IdentifiedEvent;
import io.segmentdo.mapping.MappingException;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One delivery: one event for one subscription of one destination. Confined to its lane. */
final class Item implements OutboundEvent {
    private final IdentifiedEvent identified;
    private @Nullable Route route;
    private @Nullable Map<String, Object> parsed;
    private @Nullable Object mapped;
    private byte @Nullable [] mappedJson;

    /** Where it stands among the retries; null while it came straight from the outbox. */
    private @Nullable Retry retry;

    /** Its place in the outbox that is not passed before it is settled; null when it came from the retries. */
    private Backlog.@Nullable Slot slot;

    private long readyNanos;
    private boolean alone;
    private @Nullable Delivery verdict;

    Item(IdentifiedEvent identified) {
        this.identified = identified;
    }

    /** The same event for one route, mapped; rejected when the mapping fails. */
    Item onRoute(Route by) {
        Item item = new Item(identified);
        item.parsed = parsed;
        item.route = by;
        if (by.mapping().isPresent()) {
            try {
                item.mapped = by.mapping().get().apply(item.asMap());
            } catch (MappingException e) {
                item.verdict = Delivery.rejected("the mapping failed: " + e.getMessage());
            }
        }
        return item;
    }

    IdentifiedEvent identified() {
        return identified;
    }

    /** Which delivery it is. */
    DeliveryKey key() {
        return retry == null
                ? new DeliveryKey(identified.partition(), identified.position(), route == null ? 0 : route.index())
                : retry.key();
    }

    @Nullable
    Retry retry() {
        return retry;
    }

    Item retriedBy(Retry by) {
        retry = by;
        return this;
    }

    Backlog.@Nullable Slot slot() {
        return slot;
    }

    Item holding(Backlog.Slot place) {
        slot = place;
        return this;
    }

    long readyNanos() {
        return readyNanos;
    }

    void readySince(long nanos) {
        readyNanos = nanos;
    }

    /** Whether it must not share a call with others, because one of such a call made the plugin fail. */
    boolean isAlone() {
        return alone;
    }

    void keepAlone() {
        alone = true;
    }

    /** What becomes of it without being sent; null when it has to be sent. */
    @Nullable
    Delivery verdict() {
        return verdict;
    }

    Item decided(Delivery outcome) {
        verdict = outcome;
        return this;
    }

    int bytes() {
        return mappedJson == null ? identified.event().json().length() : mappedJson.length;
    }

    @Override
    public String messageId() {
        return identified.event().messageId();
    }

    @Override
    public String type() {
        return identified.event().type().wireName();
    }

    @Override
    public String profileId() {
        return identified.profileId();
    }

    @Override
    public Instant receivedAt() {
        return Instant.ofEpochMilli(identified.event().receivedAtMillis());
    }

    @Override
    public String action() {
        return route == null ? "" : route.action();
    }

    @Override
    public byte[] json() {
        return identified.event().json().bytes();
    }

    @Override
    public Map<String, Object> asMap() {
        Map<String, Object> map = parsed;
        if (map == null) {
            map = PlatformJson.INSTANCE.readObject(json());
            parsed = map;
        }
        return map;
    }

    @Override
    public Object payload() {
        return mapped == null ? asMap() : mapped;
    }

    @Override
    public byte[] payloadJson() {
        if (mapped == null) {
            return json();
        }
        byte[] bytes = mappedJson;
        if (bytes == null) {
            bytes = PlatformJson.INSTANCE.write(mapped);
            mappedJson = bytes;
        }
        return bytes;
    }
}
