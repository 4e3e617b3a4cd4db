package io.segmentdo.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.segmentdo.config.ByteSize;
import io.segmentdo.event.Event;
import io.segmentdo.event.EventType;
import io.segmentdo.event.IdentifiedEvent;
import io.segmentdo.event.ProfileFact;
import io.segmentdo.problem.PlatformException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * The smallest cases in which an earlier protocol, whose owners negotiated merges among themselves, went wrong, by the
 * numbers (F1 to F14) under which they were found. Some cannot arise any more, because one ledger decides; then the test
 * shows that what was wrong is right.
 */
class CounterexampleTest {
    private static final String ANONYMOUS = ActorId.ANONYMOUS;

    private Scene scene = new Scene(IdentityRules.DEFAULT);

    @AfterEach
    void nothingIsLeftBehind() {
        scene.settles();
        StoredState state = scene.state();
        assertThat(state.queued).isEmpty();
        assertThat(state.actors.values())
                .allSatisfy(actor -> assertThat(actor.pending).isEmpty());
        LedgerReplay.check(state, new CompiledRules(scene.rules));
        StepInvariants.check(scene.disk);
    }

    @Test
    void f1TwoUnknownDevicesThatComeAtOnceDoNotBothGetIn() {
        scene = new Scene(IdentityRules.DEFAULT.withIdentifiers(
                List.of(IdentifierRule.of(ActorId.USER, 1), IdentifierRule.of(ANONYMOUS, 1))));
        String u1 = Scene.user(1, 0);
        String a1 = Scene.device(0, 0);
        String a2 = Scene.device(2, 0);

        scene.comes(Events.track("m1", u1, a1), Events.track("m2", u1, a2));
        scene.settles();

        assertThat(scene.person(Events.user(u1))).containsExactlyInAnyOrder(Events.user(u1), Events.device(a1));
        assertThat(scene.person(Events.device(a2))).containsExactly(Events.device(a2));
        assertThat(scene.order()).containsExactlyInAnyOrder("m1", "m2");
    }

    @Test
    void f2AnAliasedProfileStaysOpenForDevices() {
        String u1 = Scene.user(0, 0);
        String u3 = Scene.user(1, 0);
        String a4 = Scene.device(2, 0);
        scene.comes(Events.track("m1", u1, null), Events.track("m2", u3, null), Events.track("m3", null, a4));
        scene.comes(Events.alias("m4", u1, u3));
        scene.settles();

        scene.comes(Events.track("m5", u1, a4));
        scene.settles();

        assertThat(scene.person(Events.device(a4)))
                .containsExactlyInAnyOrder(Events.user(u1), Events.user(u3), Events.device(a4));
    }

    @Test
    void f3ARefusedLinkIsNotAskedForByEveryEvent() {
        String u1 = Scene.user(0, 0);
        String u2 = Scene.user(1, 0);
        scene.comes(
                Events.identify("m1", u1, null, "{\"email\":\"e@x\"}"),
                Events.identify("m2", u2, null, "{\"email\":\"f@x\"}"));
        scene.settles();

        for (int i = 0; i < 60; i++) {
            scene.comes(Events.identify("r" + i, u2, null, "{\"email\":\"e@x\"}"));
            scene.settles();
        }

        assertThat(scene.decisions(Fact.Kind.REFUSED)).isEqualTo(1);
        assertThat(scene.identified()).hasSize(62);
    }

    @Test
    void f3AllEventsOfASecondUserOfADeviceGoToThatUserWithoutAQuestion() {
        String u1 = Scene.user(0, 0);
        String u2 = Scene.user(1, 0);
        String a1 = Scene.device(2, 0);
        scene.comes(Events.track("m1", u1, a1));
        scene.settles();
        long asked = scene.state().facts.size();

        for (int i = 0; i < 60; i++) {
            scene.comes(Events.track("r" + i, u2, a1));
        }
        scene.settles();

        assertThat(scene.state().facts).hasSize((int) asked);
        assertThat(profiles(u2))
                .hasSize(60)
                .containsOnly(scene.state().actors.get(Events.user(u2)).profileId());
    }

    private List<String> profiles(String user) {
        return scene.identified().stream()
                .filter(entry -> user.equals(entry.event().userId()))
                .map(IdentifiedEvent::profileId)
                .toList();
    }

    @Test
    void f4WhatADeviceSentBeforeALoginStaysInFrontOfTheLogin() {
        String a2 = Scene.device(0, 0);
        String u2 = Scene.user(2, 0);
        scene.comes(Events.track("m0", u2, null));
        scene.settles();

        scene.comes(Events.track("m1", null, a2), Events.track("m2", u2, a2), Events.track("m3", null, a2));
        scene.settles();

        assertThat(scene.order()).containsExactly("m0", "m1", "m2", "m3");
        assertThat(scene.person(Events.device(a2))).containsExactlyInAnyOrder(Events.user(u2), Events.device(a2));
    }

    @Test
    void f4ADeviceThatASecondUserTakesOverKeepsTheWayOfTheFirst() {
        scene = new Scene(IdentityRules.DEFAULT.withIdentifiers(
                List.of(IdentifierRule.of(ActorId.USER, 1), IdentifierRule.of(ANONYMOUS, 1))));
        String u1 = Scene.user(0, 0);
        String u2 = Scene.user(3, 0);
        String a1 = Scene.device(1, 0);
        scene.comes(Events.track("m0", u1, Scene.device(0, 0)), Events.track("m1", u2, null));
        scene.settles();

        scene.comes(Events.track("m2", u1, a1)); // refused: passed on from the device itself
        scene.settlesBut(1, 0);
        scene.comes(Events.track("m3", u2, a1)); // linked: the device is a part of u2 now
        scene.settlesBut(1, 0);
        scene.comes(Events.track("m4", u1, a1));
        scene.settlesBut(1, 0);

        assertThat(scene.order()).doesNotContain("m2", "m4");
        scene.settles();
        assertThat(scene.order()).containsSubsequence("m2", "m4");
    }

    @Test
    void f5AWayIsNeverShortened() {
        String u1 = Scene.user(1, 0);
        String u2 = Scene.user(2, 0);
        String u3 = Scene.user(3, 0);
        scene.comes(Events.track("m1", u1, null), Events.track("m2", u2, null), Events.track("m3", u3, null));
        scene.comes(Events.alias("m4", u2, u3));
        scene.settles();
        ActorId between = scene.state().root(Events.user(u3));
        ActorId last = between.equals(Events.user(u3)) ? Events.user(u2) : Events.user(u3);

        scene.comes(Events.alias("m5", u1, between.value()));
        scene.settlesBut(between.partition(Scene.PARTITIONS), 1);
        scene.comes(Events.track("m6", last.value(), null));
        scene.settlesBut(between.partition(Scene.PARTITIONS), 1);
        scene.comes(Events.track("m7", last.value(), null));
        scene.settles();

        assertThat(scene.order()).containsSubsequence("m6", "m7");
        assertThat(scene.state().actors.get(last).forward).isEqualTo(between);
        assertThat(scene.person(last)).hasSize(3);
    }

    @Test
    void f6ADeletionInTheMiddleOfALinkLeavesNobodyWaiting() {
        String u1 = Scene.user(0, 0);
        String a1 = Scene.device(1, 0);
        String a3 = Scene.device(2, 0);
        scene.comes(Events.identify("m0", u1, null, "{\"email\":\"e@x\"}"));
        scene.settles();

        scene.comes(Events.track("m1", u1, a1), Events.track("m2", u1, a3));
        scene.arrives(1, Scene.LEDGER);
        scene.arrives(2, Scene.LEDGER);
        scene.delete(Events.user(u1), "r1");
        scene.settles();

        assertThat(scene.order()).containsExactlyInAnyOrder("m0", "m1", "m2");
        assertThat(scene.facts(ProfileFact.Kind.DELETED)).hasSize(1);
        assertThat(scene.state().rows).isEmpty();
        assertThat(scene.person(Events.email("e@x"))).containsExactly(Events.email("e@x"));
    }

    @Test
    void f6WhoComesBackAfterADeletionIsAnotherProfile() {
        String u1 = Scene.user(0, 0);
        String a1 = Scene.device(1, 0);
        scene.comes(Events.identify("m1", u1, a1, "{\"plan\":\"pro\"}"));
        scene.settles();

        scene.delete(Events.device(a1), "r1");
        scene.settles();
        scene.comes(Events.track("m2", u1, null));
        scene.settles();

        assertThat(profiles(u1)).doesNotHaveDuplicates();
        assertThat(scene.person(Events.user(u1))).containsExactly(Events.user(u1));
    }

    @Test
    void f7NestedPartsTakenOutOneAfterTheOtherAreEachInOnePlace() {
        Nested nested = new Nested();

        scene.unmerge(nested.middle, "r1");
        scene.unmerge(nested.inner, "r2");
        scene.settles();

        assertThat(scene.person(nested.inner)).containsExactly(nested.inner);
        assertThat(scene.person(nested.middle)).containsExactly(nested.middle);
        assertThat(scene.person(nested.outer)).containsExactlyInAnyOrder(nested.outer, Events.email("e@x"));
    }

    @Test
    void f7TheInnerPartFirstTheMiddleOneWhileItIsStillOnItsWay() {
        Nested nested = new Nested();

        scene.unmerge(nested.inner, "r1");
        scene.unmerge(nested.middle, "r2");
        scene.settlesBut(nested.inner.partition(Scene.PARTITIONS), nested.middle.partition(Scene.PARTITIONS));
        scene.settles();

        assertThat(scene.person(nested.inner)).containsExactly(nested.inner);
        assertThat(scene.person(nested.middle)).containsExactly(nested.middle);
        assertThat(scene.person(nested.outer)).containsExactlyInAnyOrder(nested.outer, Events.email("e@x"));
    }

    /** Three users of whom one is in the second, and that in the third. */
    private final class Nested {
        private final ActorId inner;
        private final ActorId middle;
        private final ActorId outer;

        Nested() {
            String u1 = Scene.user(0, 0);
            String u2 = Scene.user(1, 0);
            String u3 = Scene.user(2, 0);
            scene.comes(Events.identify("n0", u3, null, "{\"email\":\"e@x\"}")); // the oldest
            scene.settles();
            scene.comes(Events.alias("n1", u1, u2));
            scene.settles();
            middle = scene.state().root(Events.user(u1));
            inner = middle.equals(Events.user(u1)) ? Events.user(u2) : Events.user(u1);
            scene.comes(Events.alias("n2", u3, u1));
            scene.settles();
            outer = Events.user(u3);
            assertThat(scene.state().root(inner)).isEqualTo(outer);
        }
    }

    @Test
    void f7WhatAPartSentBeforeItWasTakenOutIsNotOvertaken() {
        String u1 = Scene.user(0, 0);
        String a1 = Scene.device(1, 0);
        scene.comes(Events.track("m1", u1, null), Events.track("m2", u1, a1));
        scene.settles();
        ActorId part =
                scene.state().root(Events.user(u1)).equals(Events.user(u1)) ? Events.device(a1) : Events.user(u1);
        int from = part.partition(Scene.PARTITIONS);
        Event first = part.is(ActorId.USER) ? Events.track("m3", u1, null) : Events.track("m3", null, a1);
        Event next = part.is(ActorId.USER) ? Events.track("m4", u1, null) : Events.track("m4", null, a1);

        scene.comes(first);
        scene.unmerge(part, "r1");
        scene.settlesBut(from, 1 - from);
        scene.comes(next);
        scene.settlesBut(from, 1 - from);

        assertThat(scene.order()).doesNotContain("m3", "m4");
        scene.settles();
        assertThat(scene.order()).containsSubsequence("m3", "m4");
    }

    @Test
    void f7WhatWasTakenApartIsNotJoinedByTheNextEvent() {
        String u1 = Scene.user(0, 0);
        String a1 = Scene.device(1, 0);
        scene.comes(Events.track("m1", u1, a1));
        scene.settles();
        ActorId part =
                scene.state().root(Events.user(u1)).equals(Events.user(u1)) ? Events.device(a1) : Events.user(u1);

        scene.unmerge(part, "r1");
        scene.settles();
        scene.comes(Events.track("m2", u1, a1));
        scene.settles();

        assertThat(scene.person(part)).containsExactly(part);
        scene.comes(Events.alias("m3", u1, a1));
        scene.settles();
        assertThat(scene.person(part)).hasSize(2); // an alias says so explicitly
    }

    @Test
    void f7APartGetsBackWhatWasOnItsWayToItWhenItWasAbsorbed() {
        String u1 = Scene.user(0, 0);
        String u2 = Scene.user(1, 0);
        String a3 = Scene.device(2, 0);
        scene.comes(Events.identify("m1", u2, null, "{\"email\":\"e@x\"}"));
        scene.settles();
        scene.comes(Events.identify("m2", u1, null, "{\"email\":\"f@x\"}"));
        scene.settles();
        scene.comes(Events.track("m3", u1, a3));
        scene.settlesBut(2, 0);
        scene.comes(Events.alias("m4", u2, u1));
        scene.settlesBut(2, 0);
        assertThat(scene.person(Events.user(u2))).contains(Events.user(u1));

        scene.unmerge(Events.user(u1), "r1");
        scene.settles();

        assertThat(scene.person(Events.user(u1)))
                .containsExactlyInAnyOrder(Events.user(u1), Events.email("f@x"), Events.device(a3));
        assertThat(scene.person(Events.user(u2))).containsExactlyInAnyOrder(Events.user(u2), Events.email("e@x"));
    }

    @Test
    void f8TwoThatAskForEachOtherAreJoinedOnce() {
        String u1 = Scene.user(0, 0);
        String a1 = Scene.device(1, 0);
        scene.comes(
                Events.identify("m0", u1, null, "{\"email\":\"e@x\"}"),
                Events.identify("m1", null, a1, "{\"email\":\"e@x\"}"),
                Events.track("m2", u1, a1));
        scene.settles();

        assertThat(scene.person(Events.user(u1))).hasSize(3);
        assertThat(scene.decisions(Fact.Kind.JOINED)).isEqualTo(2);
        assertThat(scene.facts(ProfileFact.Kind.MERGED)).hasSize(1);
    }

    @Test
    void f9WhatComesToAWinnerThatHasLostSinceIsPassedOn() {
        String u1 = Scene.user(0, 0);
        String u2 = Scene.user(1, 0);
        String u3 = Scene.user(2, 0);
        scene.comes(Events.track("m1", u1, null), Events.track("m2", u2, null), Events.track("m3", u3, null));
        scene.comes(Events.alias("m4", u1, u2));
        scene.settlesBut(1, 0);
        scene.comes(Events.alias("m5", u3, u1));
        scene.settlesBut(1, 0);

        scene.settles();

        assertThat(scene.person(Events.user(u2)))
                .containsExactlyInAnyOrder(Events.user(u1), Events.user(u2), Events.user(u3));
        assertThat(scene.facts(ProfileFact.Kind.MERGED)).hasSize(2);
    }

    @Test
    void f10AnAliasSaysWhichUserIdIsShown() {
        String u1 = Scene.user(0, 0);
        String u2 = Scene.user(1, 0);
        scene.comes(Events.track("m1", u1, Scene.device(0, 0)), Events.track("m2", u2, Scene.device(1, 0)));
        scene.settles();

        scene.comes(Events.alias("m3", u2, u1));
        scene.settles();

        ActorId root = scene.state().root(Events.user(u1));
        assertThat(scene.state().actors.get(root).canonical()).isEqualTo(Events.user(u2));
    }

    @Test
    void f10ThePreviousIdMayBeADevice() {
        String u1 = Scene.user(0, 0);
        String a1 = Scene.device(1, 0);
        scene.comes(Events.track("m1", null, a1));

        scene.comes(Events.alias("m2", u1, a1));
        scene.settles();

        assertThat(scene.person(Events.user(u1))).containsExactlyInAnyOrder(Events.user(u1), Events.device(a1));
    }

    @Test
    void f10AnAliasOfOneselfAndARingOfAliasesDoNothing() {
        String u1 = Scene.user(0, 0);
        String u2 = Scene.user(1, 0);

        scene.comes(Events.alias("m1", u1, u1), Events.alias("m2", u1, u2), Events.alias("m3", u2, u1));
        scene.settles();

        assertThat(scene.decisions(Fact.Kind.JOINED)).isEqualTo(1);
        assertThat(scene.order()).containsExactlyInAnyOrder("m1", "m2", "m3");
    }

    @Test
    void f11ARetryIsKnownWhateverTheRulesAreByThen() {
        String u1 = Scene.user(0, 0);
        String a1 = Scene.device(1, 0);
        scene.comes(Events.track("m1", u1, a1));
        scene.settles();

        scene.rules = new IdentityRules(
                scene.rules.identifiers().reversed(), 5, List.of(a1), List.of(), scene.rules.sharedDevice(), 1000);
        scene.comes(Events.track("m1", u1, a1), Events.track("m1", Scene.user(2, 0), a1));
        scene.settles();

        assertThat(scene.order()).containsExactly("m1");
    }

    @Test
    void f12AMergeFactNamesTheLastEventOfWhoeverIsAbsorbed() {
        String u1 = Scene.user(0, 0);
        String u2 = Scene.user(1, 0);
        scene.comes(Events.track("m1", u1, null), Events.track("m2", u2, null), Events.track("m3", u2, null));

        scene.comes(Events.alias("m4", u1, u2));
        scene.settles();

        ProfileFact merged = scene.facts(ProfileFact.Kind.MERGED).getFirst();
        String absorbed = merged.otherId();
        IdentifiedEvent last = scene.identified().stream()
                .filter(entry -> entry.profileId().equals(absorbed))
                .toList()
                .getLast();
        assertThat(merged.otherPartition()).isEqualTo(last.partition());
        assertThat(merged.otherPosition()).isEqualTo(last.position());
    }

    @Test
    void f13APartitionThatHoldsAsMuchAsItMayTakesNoMoreUntilItHasDrained() {
        IdentityConfig few = new IdentityConfig(0, 7, 3, ByteSize.mebibytes(1), 1000, 300, 100, 100, 4096);
        scene = new Scene(IdentityRules.DEFAULT, few);
        String u1 = Scene.user(0, 0);
        String a1 = Scene.device(LEDGER_ELSEWHERE, 0);
        scene.comes(Events.track("m1", u1, a1), Events.track("m2", u1, a1), Events.track("m3", u1, a1));

        assertThatThrownBy(() -> scene.comes(Events.track("m4", u1, a1)))
                .isInstanceOf(PlatformException.class)
                .hasMessageContaining("expected: fewer");

        scene.settles();
        scene.comes(Events.track("m4", u1, a1));
        scene.settles();
        assertThat(scene.order()).containsExactly("m1", "m2", "m3", "m4");
    }

    /** A partition that has to ask the ledger over a road. */
    private static final int LEDGER_ELSEWHERE = Scene.LEDGER == 1 ? 2 : 1;

    @Test
    void f14WhatComesTwiceOrTooEarlyTakesEffectOnceAndInOrder() {
        String u1 = Scene.user(0, 0);
        String u2 = Scene.user(2, 0);
        String a1 = Scene.device(1, 0);
        scene.comes(Events.track("m0", u1, a1));
        scene.settles();
        scene.comes(Events.track("m1", u2, a1), Events.track("m2", u2, a1), Events.track("m3", u2, a1));
        int at = scene.state().root(Events.device(a1)).partition(Scene.PARTITIONS);
        scene.settlesBut(at, 2);
        List<ChannelMessage> road = new ArrayList<>(scene.onRoad(at, 2));

        scene.lane(2).receive(List.of(road.get(2), road.get(0), road.get(0), road.get(2)));
        scene.lane(2).drain();
        scene.log.observe();
        assertThat(scene.order()).containsExactly("m0", "m1");
        scene.lane(2).receive(road);
        scene.lane(2).drain();
        scene.log.observe();

        assertThat(scene.order()).containsExactly("m0", "m1", "m2", "m3");
        scene.restart(2);
        scene.settles();
        assertThat(scene.order()).hasSize(4);
    }

    @Test
    void f14AnEventThatCannotBeReadDoesNotStopItsRoad() {
        String u1 = Scene.user(0, 0);
        String u2 = Scene.user(2, 0);
        String a1 = Scene.device(1, 0);
        scene.comes(Events.track("m0", u1, a1));
        scene.settles();
        Event broken = Events.of(EventType.IDENTIFY, "m1", u2, a1, null, null, "{\"traits\":{\"plan\":");

        scene.comes(broken, Events.track("m2", u2, a1));
        scene.settles();

        assertThat(scene.order()).containsExactly("m0", "m2");
        assertThat(scene.state().deadLetters).isEqualTo(1);
    }
}
