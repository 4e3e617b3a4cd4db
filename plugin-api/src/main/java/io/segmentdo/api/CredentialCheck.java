package io.segmentdo.api;

/**
 * What a destination thinks of the credentials.
 *
 * <p>Immutable.
 */
public sealed interface CredentialCheck {
    /** It accepts them. */
    static CredentialCheck accepted() {
        return Accepted.INSTANCE;
    }

    /** It does not accept them. */
    static CredentialCheck refused(String reason) {
        return new Refused(reason);
    }

    /** There is no way to ask. */
    static CredentialCheck unknown() {
        return Unknown.INSTANCE;
    }

    /** See {@link CredentialCheck#accepted}. */
    record Accepted() implements CredentialCheck {
        private static final Accepted INSTANCE = new Accepted();
    }

    /**
     * See {@link CredentialCheck#refused}.
     *
     * @param reason for people, without secrets
     */
    record Refused(String reason) implements CredentialCheck {}

    /** See {@link CredentialCheck#unknown}. */
    record Unknown() implements CredentialCheck {
        private static final Unknown INSTANCE = new Unknown();
    }
}
