package io.segmentdo.identity;

import static org.assertj.core.api.Assertions.assertThat;

import io.segmentdo.event.ProfileFact;
import io.segmentdo.identity.Decision.Verdict;
import java.util.List;
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
