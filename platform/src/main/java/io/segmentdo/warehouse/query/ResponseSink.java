package io.segmentdo.warehouse.query;

import io.segmentdo.warehouse.engine.Head;
import io.segmentdo.warehouse.engine.RowSink;
import io.segmentdo.warehouse.engine.Summary;
import io.vertx.core.Context;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import java.io.IOException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Rows on their way into a response, whose status is decided when the first piece of them is there. A reader that does not
 * keep up holds the query up, by a few pieces in flight.
 *
 * <p>Filled by the thread of the query; the response belongs to its event loop.
 */
final class ResponseSink implements RowSink {
    private static final int PIECES = 8;
    private static final long PATIENCE_SECONDS = 60;

    private final Context context;
    private final HttpServerResponse response;
    private final QueryRequest request;
    private final Semaphore room = new Semaphore(PIECES);
    private volatile boolean gone;
    private boolean started;

    ResponseSink(Context context, HttpServerResponse response, QueryRequest request) {
        this.context = context;
        this.response = response;
        this.request = request;
    }

    /** The other side does not listen any more. */
    void isGone() {
        gone = true;
        room.release(PIECES);
    }

    /** Whether the status has been sent. */
    boolean hasStarted() {
        return started;
    }

    @Override
    public void head(Head head) {
        // the first rows decide
    }

    @Override
    public void data(byte[] bytes) throws IOException {
        start();
        try {
            if (!room.tryAcquire(PATIENCE_SECONDS, TimeUnit.SECONDS) || gone) {
                throw new IOException("the reader of the result is gone");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
        context.runOnContext(v -> response.write(Buffer.buffer(bytes)).onComplete(done -> {
            if (done.failed()) {
                gone = true;
            }
            room.release();
        }));
    }

    private void start() {
        if (!started) {
            started = true;
            context.runOnContext(v -> response.setStatusCode(200)
                    .putHeader(HttpHeaders.CONTENT_TYPE, request.form().mediaType())
                    .putHeader(HttpHeaders.CACHE_CONTROL, "no-store")
                    .putHeader("X-Query-Id", request.id())
                    .putHeader("Trailer", "X-Query-Rows, X-Query-Truncated")
                    .setChunked(true));
        }
    }

    void end(Summary summary) {
        start();
        context.runOnContext(v -> {
            response.putTrailer("X-Query-Rows", Long.toString(summary.rows()));
            response.putTrailer("X-Query-Truncated", Boolean.toString(summary.truncated()));
            response.end();
        });
    }
}
