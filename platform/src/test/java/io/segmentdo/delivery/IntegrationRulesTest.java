package io.segmentdo.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IntegrationRulesTest {
    private static final Set<String> NAMES = Set.of("Webhooks", "hook");

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{\"integrations\":{}}",
                "{\"integrations\" : { } , \"_metadata\":{\"bundled\":[ ],\"unbundled\":[\"x\"]}}",
                "{\"properties\":{\"integrations\":{}}}",
                "{\"properties\":{\"text\":\"integrations\\\":false\"}}"
            })
    void anEventWithoutEntriesIsNotParsed(String json) {
        assertThat(IntegrationRules.allow(
                        bytes(json),
                        () -> {
                            throw new AssertionError("parsed");
                        },
                        NAMES))
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"integrations\":{\"Webhooks\":true}}",
                "{\"integrations\":{\"Other\":false}}",
                "{\"integrations\":{\"All\":true}}",
                "{\"integrations\":{\"All\":false,\"hook\":{}}}",
                "{\"integrations\":{\"webhooks\":false}}",
                "{\"integrations\":{\"Segment.io\":true}}",
                "{\"integrations\":[]}",
                "{\"integrations\":\"none\"}",
                "{\"integrations\":null}",
                "{\"_metadata\":{\"bundled\":[\"Segment.io\"]}}",
                "{\"properties\":{\"integrations\":{\"All\":false}}}"
            })
    void theseGoToTheDestination(String json) {
        assertThat(allows(json)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"integrations\":{\"Webhooks\":false}}",
                "{\"integrations\":{\"hook\":false,\"All\":true}}",
                "{\"integrations\":{\"All\":false}}",
                "{\"integrations\":{\"All\":false,\"Other\":true}}",
                "{\"_metadata\":{\"bundled\":[\"Segment.io\",\"Webhooks\"]},\"integrations\":{}}"
            })
    void theseDoNot(String json) {
        assertThat(allows(json)).isFalse();
    }

    @Test
    void aDocumentThatEndsInTheMiddleIsNoProblem() {
        String json = "{\"integrations\":{}}";
        for (int length = 0; length < json.length(); length++) {
            IntegrationRules.mayRefuse(bytes(json.substring(0, length)));
        }
        assertThat(IntegrationRules.mayRefuse(bytes(json))).isFalse();
    }

    private static boolean allows(String json) {
        byte[] bytes = bytes(json);
        return IntegrationRules.allow(bytes, () -> PlatformJson.INSTANCE.readObject(bytes), NAMES);
    }

    private static byte[] bytes(String json) {
        return json.getBytes(StandardCharsets.UTF_8);
    }
}
