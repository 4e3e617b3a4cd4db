package io.segmentdo.warehouse.export;

import java.util.Locale;
import java.util.Optional;

/** The forms of exported files. Immutable. */
public enum ExportForm {
    PARQUET("parquet", "FORMAT parquet, COMPRESSION zstd"),
    /** With a line of names, compressed. */
    CSV("csv.gz", "FORMAT csv, HEADER true, COMPRESSION gzip"),
    /** An object per line, compressed. */
    JSON("json.gz", "FORMAT json, COMPRESSION gzip");

    private final String extension;
    private final String options;

    ExportForm(String extension, String options) {
        this.extension = extension;
        this.options = options;
    }

    String extension() {
        return extension;
    }

    /** What DuckDB's COPY needs to know. */
    String options() {
        return options;
    }

    /** The form of this name in requests. */
    public static Optional<ExportForm> find(String name) {
        for (ExportForm form : values()) {
            if (form.name().toLowerCase(Locale.ROOT).equals(name)) {
                return Optional.of(form);
            }
        }
        return Optional.empty();
    }
}
