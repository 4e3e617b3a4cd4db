package io.segmentdo.event;

/**
 * Why an event was not taken although its request was answered with success. The codes are those of Segment's Delivery
 * Overview where it has one. Immutable.
 */
public enum DiscardReason {
    EMPTY_BATCH("empty_batch", "the batch contains no events"),
    TOO_MANY_EVENTS("batch_too_large", "the batch contains more events than allowed"),
    EXCEED_PAYLOAD_LIMIT("exceed_payload_limit", "the event is larger than allowed"),
    UNKNOWN_SOURCE("unknown_source", "no source has this write key"),
    SOURCE_DISABLED("source_disabled", "the source is disabled"),
    EVENT_NOT_OBJECT("event_not_object", "the event is not a JSON object"),
    MISSING_TYPE("missing_type", "type is missing"),
    INVALID_TYPE("invalid_type", "type is none of track, identify, page, screen, group, alias"),
    NO_USER_ANON_ID("no_user_anon_id", "userId and anonymousId are both missing"),
    ID_NOT_STRING("id_not_string", "an id is neither a string nor a number"),
    ID_TOO_LONG("id_too_long", "an id is longer than allowed"),
    MESSAGE_ID_TOO_LONG("message_id_too_long", "messageId is longer than allowed"),
    GROUP_ID_REQUIRED("group_id_required", "a group call needs a groupId"),
    PREVIOUS_ID_REQUIRED("previous_id_required", "an alias call needs a userId and a previousId"),
    EVENT_NOT_DEFINED("event_not_defined", "a track call needs an event name"),
    EVENT_NOT_STRING("event_not_string", "the event name is not a string"),
    NAME_NOT_STRING("name_not_string", "name is not a string"),
    CATEGORY_NOT_STRING("category_not_string", "category is not a string"),
    PROPERTIES_NOT_OBJECT("properties_not_object", "properties is not an object"),
    TRAITS_NOT_OBJECT("traits_not_object", "traits is not an object"),
    CONTEXT_NOT_OBJECT("context_not_object", "context is not an object"),
    INTEGRATIONS_NOT_OBJECT("integrations_not_object", "integrations is not an object"),
    ADVERTISING_ID_NOT_STRING("device_advertisingid_should_be_string", "context.device.advertisingId is not a string"),
    CONSENT_MISSING("consent_categorypreferences_should_exist", "context.consent.categoryPreferences is missing"),
    CONSENT_NOT_OBJECT(
            "consent_categorypreferences_fields_should_be_object",
            "context.consent.categoryPreferences is not an object"),
    CONSENT_NOT_BOOLEAN(
            "consent_categorypreferences_fields_should_be_bool",
            "a value of context.consent.categoryPreferences is not a boolean"),
    CONSENT_VERSION_NOT_NUMBER("consent_version_should_be_number", "context.consent.version is not a number"),
    NESTED_TOO_DEEPLY("nested_too_deeply", "the event is nested more deeply than allowed"),
    NUMBER_TOO_LONG("number_too_long", "a number has more digits than allowed"),
    /** Only for the pixel, which answers with an image whatever happens. */
    UNREADABLE("bad_request", "the request could not be decoded"),
    /** Only for the pixel, which cannot ask the sender to try again. */
    NOT_STORED("not_stored", "the platform could not store the event");

    private final String code;
    private final String explanation;

    DiscardReason(String code, String explanation) {
        this.code = code;
        this.explanation = explanation;
    }

    /** The stable code in metrics, samples and verbose answers. */
    public String code() {
        return code;
    }

    /** What is wrong, in plain words. */
    public String explanation() {
        return explanation;
    }
}
