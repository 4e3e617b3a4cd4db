package io.segmentdo.delivery;

import io.segmentdo.api.Action;
import io.segmentdo.api.Descriptor;
import io.segmentdo.api.Preset;
import io.segmentdo.destination.Subscription;
import io.segmentdo.event.EventType;
import io.segmentdo.mapping.Fql;
import io.segmentdo.mapping.Mapping;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * One subscription of one connection, ready to be asked.
 *
 * @param index its place among those of its connection; part of the keys of stored deliveries
 * @param action the id of the action, empty for a destination without any
 * @param trigger which events it takes; empty takes all
 * @param mapping what becomes of them; empty leaves them as they are
 */
record Route(int index, String action, Optional<Fql> trigger, Optional<Mapping> mapping) {
    static Route of(int index, Subscription subscription, Descriptor descriptor) {
        Optional<Action> action = descriptor.findAction(subscription.action());
        String trigger = subscription.trigger().isBlank()
                ? action.map(Action::subscription).orElse("")
                : subscription.trigger();
        Map<String, Object> mapping = subscription.mapping().isEmpty()
                ? action.map(Action::mapping).orElse(Map.of())
                : subscription.mapping();
        return new Route(
                index,
                action.map(Action::id).orElse(subscription.action()),
                trigger.isBlank() ? Optional.empty() : Optional.of(Fql.compile(trigger)),
                mapping.isEmpty() ? Optional.empty() : Optional.of(Mapping.compile(mapping)));
    }

    /** A subscription that the destination proposes. */
    static Route of(int index, Preset preset, Descriptor descriptor) {
        Map<String, Object> mapping = new LinkedHashMap<>(
                descriptor.findAction(preset.action()).map(Action::mapping).orElse(Map.of()));
        mapping.putAll(preset.mapping());
        return of(index, new Subscription(preset.subscription(), preset.action(), mapping), descriptor);
    }

    boolean takes(EventType type, Supplier<Map<String, Object>> event) {
        return trigger.isEmpty()
                || (trigger.get().mayMatch(type) && trigger.get().matches(event.get()));
    }
}
