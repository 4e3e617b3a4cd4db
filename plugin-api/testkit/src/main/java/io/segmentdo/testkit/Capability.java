package io.segmentdo.testkit;

/** What a destination is expected to do unless its test says that it lacks it. Immutable. */
public enum Capability {
    /** Carries the message id to the other side, in a header or in the body. */
    SENDS_MESSAGE_ID,
    /** Keeps secrets out of URLs, which end up in logs of proxies. */
    KEEPS_SECRETS_OUT_OF_URLS,
    /** Takes each of the six calls without a mapping. */
    TAKES_EVERY_TYPE,
    /** Reads statuses as {@link io.segmentdo.api.ResponseClasses} does. */
    STANDARD_RESPONSES
}
