package io.segmentdo.event;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** The few things for which an event is read into a tree. Pure. */
final class RareCases {
    private static final JsonMapper TREES = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .build();

    private RareCases() {}

    /** The same event in which each member stands once, with the value that came last, as readers of JSON take it. */
    static byte[] withoutDuplicates(Draft draft) throws IOException {
        return TREES.writeValueAsBytes(TREES.readTree(draft.source, draft.from, draft.to - draft.from));
    }

    /** What is wrong with a consent update, or null. */
    static @Nullable DiscardReason consentViolation(Draft draft) {
        JsonNode consent = context(draft).path("consent");
        JsonNode preferences = consent.path("categoryPreferences");
        if (preferences.isMissingNode() || preferences.isNull()) {
            return DiscardReason.CONSENT_MISSING;
        }
        if (!preferences.isObject()) {
            return DiscardReason.CONSENT_NOT_OBJECT;
        }
        for (JsonNode preference : preferences) {
            if (!preference.isBoolean()) {
                return DiscardReason.CONSENT_NOT_BOOLEAN;
            }
        }
        JsonNode version = consent.path("version");
        boolean isVersionFine = version.isMissingNode() || version.isNull() || version.isNumber();
        return isVersionFine ? null : DiscardReason.CONSENT_VERSION_NOT_NUMBER;
    }

    private static JsonNode context(Draft draft) {
        Part context = draft.context;
        if (context.form != Part.Form.OBJECT) {
            return TREES.missingNode();
        }
        try {
            return TREES.readTree(draft.source, context.from, context.memberTo - context.from);
        } catch (IOException e) {
            throw new IllegalStateException("the event was read before", e);
        }
    }
}
