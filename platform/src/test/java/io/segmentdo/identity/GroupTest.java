package io.segmentdo.identity;

import static org.assertj.core.api.Assertions.assertThat;

import io.segmentdo.config.ByteSize;
import io.segmentdo.event.EventType;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class GroupTest {
    private Scene scene = new Scene(IdentityRules.DEFAULT);
    private final String u1 = Scene.user(0, 0);
    private final String u2 = Scene.user(1, 0);
    private final String a1 = Scene.device(2, 0);

    @Test
    void aGroupIsAProfileWithMembersAndTraits() {
        scene.comes(Events.group("m1", u1, null, "acme"), Events.group("m2", u2, null, "acme"));
        scene.settles();

        assertThat(group("acme").members.keySet()).containsExactlyInAnyOrder(Events.user(u1), Events.user(u2));
        Map<String, TraitRow.Value> traits = scene.state().traits(ActorId.group(Events.WORKSPACE, "acme"));
        assertThat(new String(traits.get("plan").json(), StandardCharsets.UTF_8))
                .isEqualTo("\"pro\"");
    }

    @Test
    void aGroupLinksNobody() {
        scene.comes(Events.group("m1", u1, null, "acme"), Events.group("m2", u2, null, "acme"));
        scene.settles();

        assertThat(scene.person(Events.user(u1))).containsExactly(Events.user(u1));
    }

    @Test
    void laterEventsNameTheAccountUnlessTheyNameOneThemselves() {
        scene.comes(
                Events.track("m1", u1, null),
                Events.group("m2", u1, null, "acme"),
                Events.track("m3", u1, null),
                Events.of(EventType.TRACK, "m4", u1, null, null, null, "{\"context\":{\"groupId\":\"other\"}}"));
        scene.settles();

        assertThat(json())
                .containsExactly(
                        "{\"event\":\"e\"}",
                        "{\"traits\":{\"plan\":\"pro\"}}",
                        "{\"context\":{\"groupId\":\"acme\"},\"event\":\"e\"}",
                        "{\"context\":{\"groupId\":\"other\"}}");
    }

    @Test
    void aMergeTakesTheAccountThatWasNamedLast() {
        scene.comes(Events.group("m1", null, a1, "old"), Events.group("m2", u1, null, "new"));
        scene.comes(Events.track("m3", u1, a1));
        scene.settles();
        scene.comes(Events.track("m4", null, a1));
        scene.settles();

        assertThat(json().getLast()).contains("\"groupId\":\"new\"");
    }

    @Test
    void aPartThatIsTakenOutKeepsItsAccount() {
        scene.comes(Events.group("m1", null, a1, "old"), Events.group("m2", u1, null, "new"));
        scene.comes(Events.track("m3", u1, a1));
        scene.settles();
        ActorId root = scene.state().root(Events.user(u1));

        scene.unmerge(root.is(ActorId.USER) ? Events.device(a1) : Events.user(u1), "r1");
        scene.settles();
        scene.comes(Events.track("m4", null, a1));
        scene.comes(Events.track("m5", u1, null));
        scene.settles();

        assertThat(json().get(json().size() - 2)).contains("\"groupId\":\"old\"");
        assertThat(json().getLast()).contains("\"groupId\":\"new\"");
    }

    @Test
    void whoIsDeletedIsInNoGroupAnyMore() {
        scene.comes(Events.group("m1", u1, a1, "first"), Events.group("m2", u1, a1, "second"));
        scene.comes(Events.group("m3", u2, null, "second"));
        scene.settles();

        scene.delete(Events.device(a1), "r1");
        scene.settles();

        assertThat(group("first").members.keySet()).isEmpty();
        assertThat(group("second").members.keySet()).containsExactly(Events.user(u2));
    }

    @Test
    void whoIsDeletedDoesNotComeBackByWhatWasUnderWay() {
        int there = (Scene.LEDGER + 1) % Scene.PARTITIONS;
        int home = (Scene.LEDGER + 2) % Scene.PARTITIONS;
        String acme = Scene.name(ActorId.GROUP, there, 0);
        String user = Scene.user((Scene.LEDGER + 3) % Scene.PARTITIONS, 0);
        String device = Scene.device(home, 0);
        scene.comes(Events.identify("m1", user, null, "{\"email\":\"a@b.example\"}"));
        scene.settles();

        scene.comes(Events.group("m2", null, device, acme), Events.track("m3", user, device));
        scene.settlesBut(home, there);
        assertThat(scene.onRoad(home, there)).hasSize(1);
        scene.delete(Events.user(user), "r1");
        scene.settlesBut(home, there);
        scene.settles();

        assertThat(group(acme).members).isEmpty();
        assertThat(scene.person(Events.device(device))).hasSize(1);
        scene.comes(Events.group("m4", null, device, acme));
        scene.settles();
        assertThat(group(acme).members).containsOnlyKeys(Events.device(device));
    }

    @Test
    void whatCameByAnIdentifierThatIsTakenAwayStaysWithThePerson() {
        scene.comes(Events.track("m1", null, a1), Events.group("m2", u1, null, "acme"));
        scene.comes(Events.identify("m3", u1, a1, "{\"plan\":\"pro\"}"));
        scene.settles();
        ActorId root = scene.state().root(Events.user(u1));
        ActorId other = root.is(ActorId.USER) ? Events.device(a1) : Events.user(u1);

        assertThat(scene.detach(other, "r1")).isEqualTo(Decision.Verdict.DECIDED);
        scene.settles();

        assertThat(scene.person(root)).containsExactly(root);
        assertThat(scene.person(other)).containsExactly(other);
        assertThat(scene.state().traits(root)).containsKey("plan");
        assertThat(scene.state().traits(other)).isEmpty();
        assertThat(group("acme").members).containsOnlyKeys(root);
    }

    @Test
    void aFullGroupTakesNoMoreMembers() {
        scene = new Scene(
                IdentityRules.DEFAULT, new IdentityConfig(0, 7, 100, ByteSize.mebibytes(1), 1000, 300, 100, 2, 4096));
        for (int i = 0; i < 5; i++) {
            scene.comes(Events.group("m" + i, "user" + i, null, "acme"));
        }
        scene.settles();

        assertThat(group("acme").members).hasSize(2);
        assertThat(scene.order()).hasSize(5);
    }

    @Test
    void mergingAccountsDependsOnNoOrder() {
        Membership one = Membership.of("g1", 1, "m1");
        Membership two = Membership.of("g2", 2, "m2");
        Membership three = Membership.of("g3", 3, "m3");

        assertThat(one.with(two).with(three)).isEqualTo(three.with(one).with(two));
        assertThat(one.with(two).with(two)).isEqualTo(two.with(one));
        assertThat(one.with(two).with(three).all()).containsExactly("g1", "g2", "g3");
    }

    private Actor group(String id) {
        return scene.state().groups.get(ActorId.group(Events.WORKSPACE, id));
    }

    private List<String> json() {
        return scene.identified().stream()
                .map(entry -> new String(entry.event().json().bytes(), StandardCharsets.UTF_8))
                .toList();
    }
}
