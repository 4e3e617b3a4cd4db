package io.segmentdo.warehouse.engine;

import java.io.IOException;

/** Takes the result of a query as it comes; on the thread that runs the query, and may block it. */
public interface RowSink {
    /** Called first: the columns. */
    void head(Head head) throws IOException;

    /** Bytes of the form that was asked for. */
    void data(byte[] bytes) throws IOException;
}
