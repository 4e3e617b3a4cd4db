package io.segmentdo.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.segmentdo.api.Action;
import io.segmentdo.api.Descriptor;
import io.segmentdo.api.Field;
import io.segmentdo.api.Preset;
import io.segmentdo.destination.Subscription;
import io.segmentdo.event.EventType;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RouteTest {
    private static final Descriptor SHOP = Descriptor.of("shop", "Shop")
            .actions(Action.of("send", "Send")
                    .subscription("type = \"track\"")
                    .mapping(Map.of("name", Map.of("@path", "$.event"), "id", Map.of("@path", "$.messageId"))));

    @Test
    void aProposedSubscriptionCompletesTheDefaultMappingOfItsAction() {
        Preset pages = Preset.of("Pages", "send", "type = \"page\"").mapping(Map.of("name", "Page viewed"));

        Route route = Route.of(0, pages, SHOP);

        Map<String, Object> page = Map.of("type", "page", "messageId", "m1");
        assertThat(route.action()).isEqualTo("send");
        assertThat(route.takes(EventType.PAGE, () -> page)).isTrue();
        assertThat(route.takes(EventType.TRACK, () -> Map.of("type", "track"))).isFalse();
        assertThat(route.mapping())
                .hasValueSatisfying(mapping ->
                        assertThat(mapping.apply(page)).isEqualTo(Map.of("name", "Page viewed", "id", "m1")));
    }

    @Test
    void theOnlyActionNeedNotBeNamed() {
        Route route = Route.of(0, new Subscription("type = \"page\"", "", Map.of()), SHOP);

        assertThat(route.action()).isEqualTo("send");
        assertThat(route.takes(EventType.PAGE, () -> Map.of("type", "page"))).isTrue();
        assertThat(route.mapping())
                .hasValueSatisfying(mapping ->
                        assertThat(mapping.apply(Map.of("messageId", "m1"))).isEqualTo(Map.of("id", "m1")));
    }

    @Test
    void withoutPresetsEachActionIsProposedForWhatItTakesByDefault() {
        Descriptor two = Descriptor.of("two", "Two")
                .actions(
                        Action.of("send", "Send").subscription("type = \"track\""),
                        Action.of("lists", "Lists"),
                        Action.of("deals", "Deals")
                                .subscription("type = \"track\"")
                                .fields(List.of(new Field("pipeline", "Pipeline", "text", true))),
                        Action.of("people", "People").subscription("type = \"identify\""));

        assertThat(two.proposals()).extracting(Preset::action).containsExactly("send", "people");
        assertThat(two.presets(Preset.of("All", "lists", "type = \"group\"")).proposals())
                .extracting(Preset::action)
                .containsExactly("lists");
    }
}
