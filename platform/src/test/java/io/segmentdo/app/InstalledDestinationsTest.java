package io.segmentdo.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.segmentdo.api.Action;
import io.segmentdo.api.Descriptor;
import io.segmentdo.destination.Catalogue;
import io.segmentdo.destination.Subscription;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class InstalledDestinationsTest {
    private final InstalledDestinations installed = new InstalledDestinations(new Catalogue() {
        @Override
        public List<Descriptor> descriptors() {
            return List.of(
                    Descriptor.of("one", "One").actions(Action.of("send", "Send")),
                    Descriptor.of("two", "Two").actions(Action.of("people", "People"), Action.of("events", "Events")),
                    Descriptor.of("proposing", "Proposing")
                            .actions(Action.of("a", "A").subscription("type = \"page\""), Action.of("b", "B")),
                    Descriptor.of("plain", "Plain"));
        }

        @Override
        public Optional<Lease> lease(String id) {
            return Optional.empty();
        }

        @Override
        public AutoCloseable onChange(Consumer<String> listener) {
            return () -> {};
        }
    });

    @Test
    void aSubscriptionNamesAnActionOfItsDestination() {
        assertThat(problem("two", "evnets")).hasValue("action: evnets (expected: one of people, events)");
        assertThat(problem("two", "")).hasValue("action:  (expected: one of people, events)");
        assertThat(installed.problemWith("two", Subscription.ALL)).isPresent();
        assertThat(installed.problemWith("proposing", Subscription.ALL)).isEmpty();
        assertThat(problem("two", "events")).isEmpty();
        assertThat(problem("one", "")).isEmpty();
        assertThat(problem("plain", "")).isEmpty();
        assertThat(problem("not-installed-yet", "anything")).isEmpty();
    }

    private Optional<String> problem(String plugin, String action) {
        return installed.problemWith(plugin, new Subscription("type = \"track\"", action, Map.of()));
    }
}
