package io.segmentdo.event;

import org.jspecify.annotations.Nullable;

/** What each of the six calls must have. Pure. */
final class EventRules {
    private EventRules() {}

    /** The first rule that an event breaks, or null when it is fine. */
    static @Nullable DiscardReason firstViolation(Draft draft) {
        if (draft.type == null) {
            return DiscardReason.MISSING_TYPE;
        }
        if (draft.context.form == Part.Form.OTHER) {
            return DiscardReason.CONTEXT_NOT_OBJECT;
        }
        if (draft.integrations.form == Part.Form.OTHER) {
            return DiscardReason.INTEGRATIONS_NOT_OBJECT;
        }
        DiscardReason ofType = ofType(draft, draft.type);
        if (ofType != null) {
            return ofType;
        }
        boolean isNobody = draft.userId == null && draft.anonymousId == null;
        return isNobody ? DiscardReason.NO_USER_ANON_ID : null;
    }

    private static @Nullable DiscardReason ofType(Draft draft, EventType type) {
        return switch (type) {
            case TRACK -> ofTrack(draft);
            case PAGE, SCREEN -> ofView(draft);
            case IDENTIFY -> ofTraits(draft);
            case GROUP -> draft.groupId == null ? DiscardReason.GROUP_ID_REQUIRED : ofTraits(draft);
            case ALIAS -> draft.userId == null || draft.previousId == null ? DiscardReason.PREVIOUS_ID_REQUIRED : null;
        };
    }

    private static @Nullable DiscardReason ofTrack(Draft draft) {
        if (draft.isEventOther) {
            return DiscardReason.EVENT_NOT_STRING;
        }
        if (!draft.isEventNamed) {
            return DiscardReason.EVENT_NOT_DEFINED;
        }
        DiscardReason ofProperties = ofProperties(draft);
        return ofProperties == null && draft.isConsentUpdate ? RareCases.consentViolation(draft) : ofProperties;
    }

    private static @Nullable DiscardReason ofView(Draft draft) {
        if (draft.isNameOther) {
            return DiscardReason.NAME_NOT_STRING;
        }
        return draft.isCategoryOther ? DiscardReason.CATEGORY_NOT_STRING : ofProperties(draft);
    }

    private static @Nullable DiscardReason ofProperties(Draft draft) {
        return draft.properties.form == Part.Form.OTHER ? DiscardReason.PROPERTIES_NOT_OBJECT : null;
    }

    private static @Nullable DiscardReason ofTraits(Draft draft) {
        return draft.traits.form == Part.Form.OTHER ? DiscardReason.TRAITS_NOT_OBJECT : null;
    }
}
