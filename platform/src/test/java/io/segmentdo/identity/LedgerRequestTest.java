package io.segmentdo.identity;

import static org.assertj.core.api.Assertions.assertThat;

import io.segmentdo.event.ProfileFact;
import io.segmentdo.identity.Decision.Verdict;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** What is asked of a ledger from outside: alias, unmerge, delete. */
class LedgerRequestTest {
    private final Scene scene = new Scene(IdentityRules.DEFAULT);
    private final ActorId u1 = Events.user(Scene.user(0, 0));
    private final ActorId u2 = Events.user(Scene.user(1, 0));

    @Test
    void anAliasIsDecidedOnce() {
        assertThat(scene.alias(u1, u2, "r1")).isEqualTo(Verdict.DECIDED);
        assertThat(scene.alias(u1, u2, "r1")).isEqualTo(Verdict.REPEATED);
        assertThat(scene.alias(u1, u2, "r2")).isEqualTo(Verdict.NOTHING_TO_DO);
        scene.settles();

        assertThat(scene.person(u2)).containsExactlyInAnyOrder(u1, u2);
        assertThat(scene.state().actors.get(scene.state().root(u2)).canonical()).isEqualTo(u1);
    }

    @Test
    void anAliasThatBreaksAnotherLimitIsRefused() {
        scene.rules = new IdentityRules(List.of(), 5, List.of(), List.of(), IdentityRules.SharedDevice.FIRST_TOUCH, 2);
        scene.alias(u1, u2, "r1");

        assertThat(scene.alias(u1, Events.user("third"), "r2")).isEqualTo(Verdict.REFUSED);
    }

    @Test
    void anUnmergeIsDecidedOnce() {
        scene.alias(u1, u2, "r1");
        scene.settles();

        assertThat(scene.unmerge(u2, "r2")).isEqualTo(Verdict.DECIDED);
        scene.settles();
        scene.alias(u1, u2, "r3");
        assertThat(scene.unmerge(u2, "r2")).isEqualTo(Verdict.REPEATED);
        scene.settles();

        assertThat(scene.person(u2)).hasSize(2);
        assertThat(scene.facts(ProfileFact.Kind.UNMERGED)).hasSize(1);
    }

    @Test
    void whatWasNeverAbsorbedCannotBeTakenOut() {
        scene.alias(u1, u2, "r1");
        scene.settles();

        assertThat(scene.unmerge(u1, "r2")).isEqualTo(Verdict.NOTHING_TO_DO);
        assertThat(scene.unmerge(Events.user("nobody"), "r3")).isEqualTo(Verdict.NOTHING_TO_DO);
    }

    @Test
    void anIdentifierThatCameAloneIsTakenAwayAlone() {
        ActorId u3 = Events.user(Scene.user(2, 0));
        scene.alias(u1, u2, "r1");
        scene.settles();
        scene.alias(u3, u1, "r2");
        scene.settles();

        assertThat(scene.detach(Events.user("nobody"), "r4")).isEqualTo(Verdict.NOTHING_TO_DO);
        assertThat(scene.detach(u3, "r5")).isEqualTo(Verdict.DECIDED);
        scene.settles();
        scene.comes(Events.of(io.segmentdo.event.EventType.TRACK, "m1", u3.value(), null, null, null, "{}"));
        scene.settles();

        assertThat(scene.person(u1)).containsExactlyInAnyOrder(u1, u2);
        assertThat(scene.person(u3)).containsExactly(u3);
    }

    @Test
    void anIdentifierByWhichOthersCameIsTakenAwayAndTheyStayWithThePerson() {
        ActorId u3 = Events.user(Scene.user(2, 0));
        ActorId u4 = Events.user(Scene.user(3, 0));
        scene.alias(u1, u2, "r1");
        scene.settles();
        scene.alias(u3, u4, "r2");
        scene.settles();
        scene.alias(u1, u3, "r3");
        scene.settles();
        ActorId root = scene.state().root(u1);
        ActorId middle = root.equals(u3) ? u1 : u3;
        List<ActorId> others = scene.person(middle).stream()
                .filter(member -> !member.equals(middle))
                .toList();

        assertThat(scene.detach(middle, "r4")).isEqualTo(Verdict.DECIDED);
        scene.settles();

        assertThat(scene.person(middle)).containsExactly(middle);
        assertThat(scene.person(root)).hasSize(3).containsExactlyInAnyOrderElementsOf(others);
        assertThat(scene.facts(ProfileFact.Kind.UNMERGED)).isEmpty();
    }

    @Test
    void whoIsKnownFirstOfAllIsTakenAwayAndAnotherTakesItsPlace() {
        String device = Scene.device(2, 0);
        scene.comes(
                Events.identify("m1", u1.value(), null, "{\"plan\":\"pro\"}"),
                Events.group("m2", u1.value(), null, "acme"));
        scene.settles();
        scene.comes(Events.identify("m3", u1.value(), device, "{\"email\":\"a@b.example\"}"));
        scene.settles();
        ActorId root = scene.state().root(u1);
        String former = scene.state().actors.get(root).profileId();
        Map<String, TraitRow.Value> traits = scene.state().traits(root);
        Set<ActorId> others = new TreeSet<>(scene.person(root));
        others.remove(root);

        assertThat(scene.detach(root, "r1")).isEqualTo(Verdict.DECIDED);
        scene.settles();

        ActorId heir = scene.state().root(others.iterator().next());
        assertThat(scene.person(root)).containsExactly(root);
        assertThat(scene.person(heir)).containsExactlyInAnyOrderElementsOf(others);
        assertThat(scene.state().traits(heir)).isEqualTo(traits);
        assertThat(scene.state().traits(root)).isEmpty();
        assertThat(scene.state().groups.values())
                .singleElement()
                .satisfies(group -> assertThat(others).containsAll(group.members.keySet()));
        assertThat(scene.facts(ProfileFact.Kind.MERGED)).last().satisfies(fact -> {
            assertThat(fact.otherId()).isEqualTo(former);
            assertThat(fact.profileId())
                    .isEqualTo(scene.state().actors.get(heir).profileId());
            assertThat(fact.rule()).isEqualTo(Cause.DETACH);
        });
        assertThat(scene.state().actors.get(root).profileId()).isNotEqualTo(former);
        scene.comes(Events.track(
                "m4", root.is(ActorId.USER) ? root.value() : null, root.is(ActorId.ANONYMOUS) ? root.value() : null));
        scene.settles();
        assertThat(scene.person(root)).containsExactly(root);
    }

    @Test
    void aPersonOfOneIdentifierIsDeletedAndNotTakenAwayFrom() {
        scene.comes(Events.track("m1", u1.value(), null));
        scene.settles();

        assertThat(scene.detach(u1, "r1")).isEqualTo(Verdict.NOTHING_TO_DO);
    }

    @Test
    void everyFactAboutAProfileSaysWhatLedToIt() {
        scene.comes(Events.track("m1", u1.value(), null), Events.track("m2", u2.value(), null));
        scene.alias(u1, u2, "r1");
        scene.settles();
        scene.unmerge(u2, "r2");
        scene.settles();
        scene.delete(u1, "r3");
        scene.settles();

        assertThat(scene.facts(ProfileFact.Kind.CREATED))
                .extracting(fact -> fact.cause() + " " + fact.rule())
                .containsExactlyInAnyOrder("m1 seen", "m2 seen");
        assertThat(scene.facts(ProfileFact.Kind.MERGED))
                .singleElement()
                .satisfies(fact -> assertThat(fact.cause() + " " + fact.rule()).isEqualTo("r1 alias"));
        assertThat(scene.facts(ProfileFact.Kind.UNMERGED))
                .singleElement()
                .satisfies(fact -> assertThat(fact.cause() + " " + fact.rule()).isEqualTo("r2 unmerge"));
        assertThat(scene.facts(ProfileFact.Kind.RECOMPUTED)).hasSize(1);
        assertThat(scene.facts(ProfileFact.Kind.DELETED))
                .singleElement()
                .satisfies(fact -> assertThat(fact.cause() + " " + fact.rule()).isEqualTo("r3 delete"));
    }

    @Test
    void aSecondUndoOfAPersonWaitsForTheFirstAndIsThenDone() {
        scene.alias(u1, u2, "r1");
        scene.settles();

        assertThat(scene.unmerge(u2, "r2")).isEqualTo(Verdict.DECIDED);
        assertThat(scene.delete(u1, "r3")).isEqualTo(Verdict.WAITS);
        assertThat(scene.delete(u1, "r3")).isEqualTo(Verdict.REPEATED);
        scene.restart(Scene.LEDGER);
        scene.settles();

        assertThat(scene.decisions(Fact.Kind.DELETED)).isEqualTo(1);
        assertThat(scene.state().queued).isEmpty();
        assertThat(scene.person(u2)).containsExactly(u2);
    }

    @Test
    void aRequestThatFailedWithItsCommitMayBeMadeAgain() {
        scene.alias(u1, u2, "r1");
        scene.settles();
        scene.disk.fail(0, io.segmentdo.store.InMemoryStore.Fault.BEFORE);
        try {
            scene.delete(u1, "r2");
        } catch (io.segmentdo.problem.PlatformException expected) {
            scene.restart(Scene.LEDGER);
        }

        assertThat(scene.delete(u1, "r2")).isEqualTo(Verdict.DECIDED);
        scene.settles();
        assertThat(scene.person(u2)).containsExactly(u2);
    }
}
