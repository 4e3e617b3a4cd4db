package io.segmentdo.identity;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** What changed rules would make of what has been decided. */
class DryRunTest {
    private final Scene scene = new Scene(IdentityRules.DEFAULT);
    private final String u1 = Scene.user(0, 0);
    private final String u2 = Scene.user(1, 0);
    private final String a1 = Scene.device(2, 0);
    private final String a2 = Scene.device(3, 0);

    @Test
    void theSameRulesChangeNothing() {
        everythingHappens();

        DryRun.Difference same = dryRun(IdentityRules.DEFAULT);

        assertThat(same.affected() + same.gained() + same.lost()).isZero();
        assertThat(same.examples()).isEmpty();
        assertThat(same.personsNow()).isEqualTo(same.personsThen());
    }

    @Test
    void theFactsAsTheyWereDecidedMakeThePersonsThereAre() {
        everythingHappens();
        DryRun dryRun = new DryRun(Events.WORKSPACE, IdentityRules.DEFAULT);
        dryRun.take(scene.state().facts);

        assertThat(dryRun.personsNow()).isNotEmpty();
        dryRun.personsNow()
                .forEach(person -> assertThat(new TreeSet<>(person))
                        .isEqualTo(scene.person(person.iterator().next())));
    }

    @Test
    void aBlockedValueTakesPersonsApart() {
        scene.comes(Events.identify("m1", u1, null, "{\"email\":\"info@shop.example\"}"));
        scene.settles();
        scene.comes(Events.identify("m2", null, a1, "{\"email\":\"info@shop.example\"}"));
        scene.settles();

        DryRun.Difference blocked = dryRun(new IdentityRules(
                IdentityRules.DEFAULT.identifiers(),
                5,
                List.of("info@shop.example"),
                List.of(),
                IdentityRules.SharedDevice.FIRST_TOUCH,
                1000));

        assertThat(blocked.lost()).isEqualTo(2);
        assertThat(blocked.gained()).isZero();
        assertThat(blocked.affected()).isEqualTo(1);
        assertThat(blocked.examples()).singleElement().satisfies(change -> {
            assertThat(change.now()).hasSize(1);
            assertThat(change.then()).hasSize(3);
        });
    }

    @Test
    void aHigherLimitJoinsWhoWasRefused() {
        scene.comes(Events.track("m1", u1, a1), Events.track("m2", u2, a2));
        scene.settles();
        scene.comes(Events.identify("m3", u1, null, "{\"email\":\"a@b.example\"}"));
        scene.settles();
        scene.comes(Events.identify("m4", u2, null, "{\"email\":\"a@b.example\"}"));
        scene.settles();

        DryRun.Difference wider = dryRun(limits(2));

        assertThat(wider.gained()).isEqualTo(1);
        assertThat(wider.lost()).isZero();
        assertThat(wider.affected()).isEqualTo(2);
        assertThat(wider.examples())
                .singleElement()
                .satisfies(change -> assertThat(change.then())
                        .containsExactly(Set.of(
                                Events.user(u1),
                                Events.user(u2),
                                Events.device(a1),
                                Events.device(a2),
                                Events.email("a@b.example"))));
    }

    @Test
    void whatSomebodyUndidStaysUndoneUnderOtherRules() {
        everythingHappens();

        DryRun.Difference wider = dryRun(limits(1000));

        assertThat(wider.gained() + wider.lost()).isZero();
    }

    @Test
    void typesThatAreFoundElsewhereAreTold() {
        IdentityRules other = IdentityRules.DEFAULT.withIdentifiers(
                List.of(IdentifierRule.of("user_id", 1), IdentifierRule.of("email", 5, "traits.mail")));

        assertThat(other.typesFoundElsewhere(IdentityRules.DEFAULT)).containsExactly("email");
    }

    /** Two devices of a user, an alias, an unmerge and somebody who is deleted. */
    private void everythingHappens() {
        scene.comes(Events.track("m1", u1, a1));
        scene.settles();
        scene.comes(Events.identify("m2", u1, a2, "{\"email\":\"a@b.example\"}"));
        scene.settles();
        scene.alias(Events.user(u1), Events.user(u2), "r1");
        scene.settles();
        scene.unmerge(Events.user(u2), "r2");
        scene.settles();
        scene.comes(Events.identify("m3", u2, null, "{\"email\":\"c@d.example\"}"));
        scene.settles();
        scene.delete(Events.user(u2), "r3");
        scene.settles();
    }

    private static IdentityRules limits(int users) {
        return IdentityRules.DEFAULT.withIdentifiers(
                List.of(IdentifierRule.of("user_id", users), IdentifierRule.of("email", 5, "traits.email")));
    }

    private DryRun.Difference dryRun(IdentityRules rules) {
        DryRun dryRun = new DryRun(Events.WORKSPACE, rules);
        dryRun.take(scene.state().facts);
        return dryRun.difference(10);
    }
}
