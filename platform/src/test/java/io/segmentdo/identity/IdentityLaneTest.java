package io.segmentdo.identity;

import static org.assertj.core.api.Assertions.assertThat;

import io.segmentdo.config.ByteSize;
import io.segmentdo.event.Event;
import io.segmentdo.event.IdentifiedEvent;
import io.segmentdo.problem.PlatformException;
import io.segmentdo.problem.Problem;
import io.segmentdo.store.InMemoryStore;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class IdentityLaneTest {
    private static final int PARTITIONS = 8;

    private final InMemoryStore store = new InMemoryStore(PARTITIONS);
    private final RecordedLog log = new RecordedLog(store);
    private final IdentityLane lane = new IdentityLane(
            store, log, IdentityConfig.DEFAULT, workspace -> IdentityRules.DEFAULT, ChannelTransport.NONE);

    IdentityLaneTest() {
        lane.open(IntStream.range(0, PARTITIONS).boxed().toList());
    }

    @Test
    void anEventOfAnUnknownDeviceMakesAProfile() {
        LaneResult result = lane.apply(List.of(Events.track("m1", null, "a1")));

        assertThat(result.bySource().get("w/s")).isEqualTo(new LaneResult.Counts(0, 1, 0, 0));
        assertThat(state().actors.get(Events.device("a1")).exists).isTrue();
    }

    @Test
    void aLoginOnADeviceMakesOnePersonOfBoth() {
        apply(Events.track("m1", null, "a1"), Events.identify("m2", "u1", "a1", "{\"plan\":\"pro\"}"));
        apply(Events.track("m3", "u1", null));

        assertThat(profiles()).hasSize(3).containsOnly(profiles().getFirst());
        assertThat(state().root(Events.user("u1"))).isEqualTo(Events.device("a1"));
        assertThat(new String(
                        state().traits(Events.device("a1")).get("plan").json(),
                        java.nio.charset.StandardCharsets.UTF_8))
                .isEqualTo("\"pro\"");
    }

    @Test
    void linksAndTraitsWithoutRoomAreCounted() {
        StringBuilder traits = new StringBuilder("{\"email\":\"e@x\"");
        IntStream.range(0, 400).forEach(i -> traits.append(",\"t").append(i).append("\":1"));
        LaneResult first = lane.apply(List.of(Events.identify("m1", "u1", null, traits + "}")));
        LaneResult second = lane.drain();
        apply();
        LaneResult refused = lane.apply(List.of(Events.identify("m2", "u2", null, "{\"email\":\"e@x\"}")));
        LaneResult later = lane.drain();

        assertThat(first.droppedTraits()).isEqualTo(401 - IdentityConfig.DEFAULT.traitsMax());
        assertThat(first.joinedLinks() + second.joinedLinks()).isEqualTo(1);
        assertThat(refused.refusedLinks() + later.refusedLinks()).isEqualTo(1);
    }

    @Test
    void aRepeatedMessageIsDroppedAndCounted() {
        apply(Events.track("m1", null, "a1"));

        LaneResult again = lane.apply(List.of(Events.track("m1", null, "a1"), Events.track("m2", null, "a1")));

        assertThat(again.bySource().get("w/s")).isEqualTo(new LaneResult.Counts(1, 1, 0, 0));
    }

    @Test
    void aSecondUserOnADeviceStaysSomebodyElse() {
        apply(Events.track("m1", "u1", "a1"));
        apply(Events.track("m2", "u2", "a1"), Events.track("m3", null, "a1"));

        List<String> profiles = profiles();
        assertThat(profiles).hasSize(3);
        assertThat(state().root(Events.user("u2"))).isEqualTo(Events.user("u2"));
        assertThat(state().root(Events.user("u1"))).isEqualTo(Events.device("a1"));
    }

    @Test
    void anAliasJoinsTwoUsers() {
        apply(Events.track("m1", "old", null), Events.track("m2", "new", null));
        apply(Events.alias("m3", "new", "old"));

        assertThat(state().root(Events.user("old"))).isEqualTo(state().root(Events.user("new")));
        ActorId root = state().root(Events.user("old"));
        assertThat(state().actors.get(root).canonical()).isEqualTo(Events.user("new"));
    }

    @Test
    void laterEventsCarryTheAccount() {
        apply(Events.group("m1", "u1", null, "acme"));
        apply(Events.track("m2", "u1", null));

        assertThat(events().getLast().event().json().toString()).contains("\"context\":{\"groupId\":\"acme\"}");
        assertThat(state().groups.get(ActorId.group("w", "acme")).members).containsKey(Events.user("u1"));
    }

    @Test
    void whatCannotBeUnderstoodIsADeadLetterAndTheRestGoesOn() {
        LaneResult result = lane.apply(List.of(
                Events.track("m1", null, "a1"),
                Events.identify("m2", null, "a1", "{\"email\": oops"),
                Events.track("m3", null, "a1")));

        assertThat(result.bySource().get("w/s")).isEqualTo(new LaneResult.Counts(0, 2, 1, 0));
        assertThat(state().deadLetters).isEqualTo(1);
    }

    @Test
    void aPartitionWhoseMessagesNobodyTakesTakesNoMoreBatches() {
        int ledger = IdentityLane.ledgerPartition("w", PARTITIONS);
        int partition = (ledger + 1) % PARTITIONS;
        IdentityConfig config = IdentityConfig.DEFAULT.keeping(ByteSize.kibibytes(2));
        IdentityLane alone =
                new IdentityLane(store, log, config, workspace -> IdentityRules.DEFAULT, new NobodyTakes());
        alone.open(List.of(partition)); // the ledger is another's, who takes nothing
        List<Event> logins = IntStream.range(0, 1000)
                .mapToObj(i -> Events.track("m" + i, "u" + i, "a" + i))
                .filter(login -> Partitions.of(login, PARTITIONS) == partition)
                .toList();

        int taken = 0;
        PlatformException refusal = null;
        while (refusal == null) {
            try {
                alone.apply(List.of(logins.get(taken)));
                taken++;
            } catch (PlatformException e) {
                refusal = e;
            }
        }

        assertThat(refusal.problem()).isEqualTo(Problem.OVERLOADED);
        assertThat(refusal).hasMessageContaining("partition " + partition).hasMessageContaining("2KiB");
        assertThat(alone.unacknowledged()).hasSize(taken);

        alone.acknowledged(List.of(new ChannelMessage.Receipt(partition, ledger, taken)));
        alone.apply(List.of(logins.get(taken)));
        assertThat(alone.unacknowledged()).hasSize(1);
    }

    private static final class NobodyTakes implements ChannelTransport {
        @Override
        public void send(List<ChannelMessage> messages) {
            // they stay without a receipt
        }

        @Override
        public void acknowledge(List<ChannelMessage.Receipt> receipts) {
            // there are none
        }
    }

    private void apply(Event... events) {
        lane.apply(List.of(events));
        while (!lane.isIdle()) {
            lane.drain();
        }
        log.observe();
    }

    private StoredState state() {
        log.observe();
        return StoredState.read(store);
    }

    private List<IdentifiedEvent> events() {
        return log.committed.stream()
                .filter(IdentifiedEvent.class::isInstance)
                .map(IdentifiedEvent.class::cast)
                .toList();
    }

    private List<String> profiles() {
        return events().stream().map(IdentifiedEvent::profileId).toList();
    }
}
