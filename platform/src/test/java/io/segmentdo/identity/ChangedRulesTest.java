package io.segmentdo.identity;

import static org.assertj.core.api.Assertions.assertThat;

import io.segmentdo.event.IdentifiedEvent;
import io.segmentdo.identity.IdentityRules.SharedDevice;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What becomes of what the former rules had decided. */
class ChangedRulesTest {
    private final String u1 = Scene.user(0, 0);
    private final String u2 = Scene.user(1, 0);
    private final String a1 = Scene.device(2, 0);
    private final Scene scene = new Scene(rules(1, SharedDevice.LAST_TOUCH));

    private static IdentityRules rules(int emails, SharedDevice sharedDevice) {
        return new IdentityRules(
                List.of(IdentifierRule.of("user_id", 1), IdentifierRule.of("email", emails, "traits.email")),
                5,
                List.of(),
                List.of(),
                sharedDevice,
                1000);
    }

    @Test
    void aLinkThatTheFormerRulesRefusedIsTriedAgain() {
        identify("m1", "e@x");
        identify("m2", "f@x");
        assertThat(scene.person(Events.user(u1))).hasSize(2);

        scene.rules = rules(2, SharedDevice.LAST_TOUCH);
        identify("m3", "f@x");

        assertThat(scene.person(Events.user(u1))).hasSize(3);
    }

    @Test
    void whatWasJoinedStaysJoinedUnderStricterRules() {
        scene.rules = rules(2, SharedDevice.LAST_TOUCH);
        identify("m1", "e@x");
        identify("m2", "f@x");

        scene.rules = rules(1, SharedDevice.LAST_TOUCH);
        identify("m3", "f@x");
        identify("m4", "g@x");

        assertThat(scene.person(Events.user(u1)))
                .containsExactlyInAnyOrder(Events.user(u1), Events.email("e@x"), Events.email("f@x"));
    }

    @Test
    void aSharedDeviceFollowsTheNewPolicy() {
        scene.comes(Events.track("m1", u1, a1));
        scene.settles();
        scene.comes(Events.track("m2", u2, a1), Events.track("m3", null, a1));
        scene.settles();

        scene.rules = rules(1, SharedDevice.FIRST_TOUCH);
        scene.comes(Events.track("m4", null, a1));
        scene.settles();

        assertThat(profile("m3")).isEqualTo(profile("m2"));
        assertThat(profile("m4")).isEqualTo(profile("m1")).isNotEqualTo(profile("m3"));
    }

    private void identify(String messageId, String email) {
        scene.comes(Events.identify(messageId, u1, null, "{\"email\":\"" + email + "\"}"));
        scene.settles();
    }

    private String profile(String messageId) {
        IdentifiedEvent found = scene.identified().stream()
                .filter(entry -> entry.event().messageId().equals(messageId))
                .findFirst()
                .orElseThrow();
        return found.profileId();
    }
}
