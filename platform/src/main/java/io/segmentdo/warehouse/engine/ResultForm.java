package io.segmentdo.warehouse.engine;

import java.util.Locale;
import java.util.Optional;

/** How rows are sent. Immutable. */
public enum ResultForm {
    /** One object with columns, rows and totals. */
    JSON("application/json"),
    /** An object per line. */
    NDJSON("application/x-ndjson"),
    /** RFC 4180 with a line of names. */
    CSV("text/csv; charset=utf-8"),
    /** The streaming form of Arrow's IPC. */
    ARROW("application/vnd.apache.arrow.stream");

    private final String mediaType;

    ResultForm(String mediaType) {
        this.mediaType = mediaType;
    }

    public String mediaType() {
        return mediaType;
    }

    /** The form of this name in requests. */
    public static Optional<ResultForm> find(String name) {
        for (ResultForm form : values()) {
            if (form.name().toLowerCase(Locale.ROOT).equals(name)) {
                return Optional.of(form);
            }
        }
        return Optional.empty();
    }
}
