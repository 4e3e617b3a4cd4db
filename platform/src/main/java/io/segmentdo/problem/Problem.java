package io.segmentdo.problem;

import java.util.Locale;

/** What went wrong, as a stable code. The kind picks HTTP status and log level in one place. Immutable. */
public enum Problem {
    /** A request that cannot be understood. */
    INVALID_REQUEST(Kind.CALLER),
    /** A missing or wrong token. */
    UNAUTHORIZED(Kind.CALLER),
    /** Nothing at that address. */
    NOT_FOUND(Kind.CALLER),
    /** A configuration that does not fit. */
    INVALID_CONFIG(Kind.CONFIG),
    /** A destination or plugin that does not do what it should. */
    DESTINATION_FAILED(Kind.DESTINATION),
    /** A bound was reached; later it may work. */
    OVERLOADED(Kind.CAPACITY),
    /** The partition belongs to another member now. */
    NOT_OWNER(Kind.INTERNAL),
    /** A disk or store that fails. */
    STORAGE_FAILED(Kind.INTERNAL),
    /** A bug. */
    INTERNAL(Kind.INTERNAL);

    /** Who has to act. */
    public enum Kind {
        CALLER,
        CONFIG,
        DESTINATION,
        CAPACITY,
        INTERNAL
    }

    private final Kind kind;

    Problem(Kind kind) {
        this.kind = kind;
    }

    public Kind kind() {
        return kind;
    }

    /** The stable code in answers and metrics, e.g. {@code invalid_request}. */
    public String code() {
        return name().toLowerCase(Locale.ROOT);
    }
}
