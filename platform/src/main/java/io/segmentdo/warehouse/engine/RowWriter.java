package io.segmentdo.warehouse.engine;

import java.io.IOException;
import java.sql.ResultSet;
import java.sql.SQLException;

/** Writes the rows of one result in one form. Confined to one thread. */
interface RowWriter {
    /** Called first. */
    void begin() throws IOException;

    /** Writes the row at which the result stands. */
    void row(ResultSet result) throws SQLException, IOException;

    /** Called last, when all went well. */
    void end(long rows, boolean truncated) throws IOException;

    /** A writer that leaves its bytes in a buffer. */
    static RowWriter of(ResultForm form, Head head, Bytes out) throws IOException {
        return switch (form) {
            case JSON -> new JsonRows(head, out, true);
            case NDJSON -> new JsonRows(head, out, false);
            case CSV -> new CsvRows(head, out);
            case ARROW -> new ArrowRows(head, out);
        };
    }
}
