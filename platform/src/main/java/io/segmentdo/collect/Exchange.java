package io.segmentdo.collect;

import io.segmentdo.collect.CollectMeters.Outcome;
import io.segmentdo.event.EventType;
import io.segmentdo.event.Parsed;
import io.segmentdo.event.Scan;
import io.segmentdo.problem.PlatformException;
import io.segmentdo.spool.Spool;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One tracking call or batch from its first byte to its answer.
 *
 * <p>A request that is refused while its body arrives is answered at the end of the body, so that the sender sees the
 * answer and can use the connection again; only a sender that does not come to an end is cut off. Confined to its event
 * loop, except the two acknowledgements of the log.
 */
final class Exchange implements Spool.Acknowledgement {
    private static final int FIRST_BYTES = 2_048;
    private static final int BELIEVED_BYTES = 64 << 10;
    private static final byte[] NOTHING = {};

    private final Desk desk;
    private final Loop loop;
    private final HttpServerRequest request;
    private final @Nullable EventType type;
    private final int bytesMax;
    final long startedNanos;
    // links of the loop's list of bodies that are being read
    @Nullable
    Exchange older;

    @Nullable
    Exchange newer;

    private byte[] body = NOTHING;
    private int length;
    private long passedBytes;
    private boolean isReading = true;
    private @Nullable Refusal refusal;
    private long completeNanos;
    private @Nullable Accepted accepted;
    private long commitTimer = -1;
    private boolean isAnswered;

    Exchange(Desk desk, Loop loop, HttpServerRequest request, @Nullable EventType type) {
        this.desk = desk;
        this.loop = loop;
        this.request = request;
        this.type = type;
        CollectConfig config = desk.config();
        this.bytesMax =
                (int) (type == null ? config.bodyBytes() : config.limits().eventBytes()).bytes();
        this.startedNanos = System.nanoTime();
    }

    /** Starts to read. */
    void open() {
        loop.watch(this);
        request.exceptionHandler(problem -> abort(Outcome.ABORTED));
        request.handler(this::chunk);
        request.endHandler(ignored -> complete());
        long announced = announcedBytes();
        if (announced > bytesMax) {
            refuse(Refusal.TOO_LARGE);
        } else if (announced > 0) {
            makeRoom((int) Math.min(announced, BELIEVED_BYTES));
        }
    }

    /** The Content-Length, or 0 when there is none. */
    private long announcedBytes() {
        String header = request.getHeader(HttpHeaders.CONTENT_LENGTH);
        if (header == null || header.isEmpty() || header.length() > 18) {
            return 0;
        }
        long bytes = 0;
        for (int i = 0; i < header.length(); i++) {
            bytes = bytes * 10 + (header.charAt(i) - '0');
        }
        return bytes;
    }

    private void chunk(Buffer chunk) {
        int more = chunk.length();
        if (refusal == null && (long) length + more > bytesMax) {
            refuse(Refusal.TOO_LARGE);
        }
        if (refusal == null) {
            makeRoom(length + more);
        }
        if (refusal == null) {
            chunk.getBytes(0, more, body, length);
            length += more;
        } else {
            pass(more);
        }
    }

    /** Makes the body's array so large, if the memory for it may be taken. */
    private void makeRoom(int needed) {
        if (needed <= body.length) {
            return;
        }
        int capacity = length == 0 ? Math.max(needed, FIRST_BYTES) : Math.max(needed, body.length * 2);
        if (desk.inFlight().reserve(capacity - body.length)) {
            body = Arrays.copyOf(body, capacity);
        } else {
            refuse(Refusal.overloaded(desk.retryAfterSeconds()));
        }
    }

    /** Reads over what is not wanted any more, up to twice what would have been taken. */
    private void pass(int bytes) {
        passedBytes += bytes;
        if (isReading && passedBytes > 2L * desk.config().bodyBytes().bytes()) {
            stopReading();
            isAnswered = true;
            desk.refuseAndClose(request, Objects.requireNonNull(refusal));
        }
    }

    private void refuse(Refusal reason) {
        refusal = reason;
        giveBody();
    }

    private void giveBody() {
        desk.inFlight().release(body.length);
        body = NOTHING;
        length = 0;
    }

    private void stopReading() {
        if (isReading) {
            isReading = false;
            loop.unwatch(this);
        }
    }

    /** The body takes longer than it may; called by the loop, which has let go of it. */
    void timeOut() {
        isReading = false;
        abort(Outcome.TIMED_OUT);
        request.response().reset();
    }

    private void abort(Outcome outcome) {
        if (isAnswered) {
            return;
        }
        stopReading();
        giveBody();
        if (accepted == null) {
            isAnswered = true;
            desk.ended(outcome);
        }
    }

    private void complete() {
        if (!isReading) {
            return;
        }
        stopReading();
        completeNanos = System.nanoTime();
        if (refusal != null) {
            answer(refusal);
            return;
        }
        try {
            process();
        } catch (RuntimeException e) {
            answer(desk.bug(e));
        }
    }

    private void process() {
        String encoding = request.getHeader(HttpHeaders.CONTENT_ENCODING);
        if (Decompression.isPlain(encoding)) {
            read(body, length);
            return;
        }
        int ratio = desk.config().compressionRatio();
        switch (Decompression.unpack(Objects.requireNonNull(encoding), body, length, bytesMax, ratio)) {
            case Decompression.Unpacked.Body unpacked -> read(unpacked.bytes(), unpacked.length());
            case Decompression.Unpacked.TooLarge ignored -> answer(Refusal.TOO_LARGE);
            case Decompression.Unpacked.Damaged ignored -> answer(Refusal.MALFORMED);
        }
    }

    private void read(byte[] json, int bytes) {
        EventType given = type;
        Scan scan = given == null ? loop.parser.scanBatch(json, bytes) : loop.parser.scanCall(json, bytes, given);
        switch (scan) {
            case Scan.Malformed ignored -> answer(Refusal.MALFORMED);
            case Scan.Understood understood -> {
                switch (desk.judge(request, understood, completeNanos, given != null)) {
                    case Judgement.Refused refused -> answer(refused.refusal());
                    case Judgement.Taken taken -> append(taken.accepted());
                }
            }
        }
    }

    private void append(Accepted events) {
        giveBody();
        accepted = events;
        Parsed parsed = events.parsed();
        if (parsed.events().isEmpty()) {
            desk.count(events);
            succeed();
        } else {
            desk.log().append(parsed.events(), this);
        }
    }

    /** On any thread. */
    @Override
    public void durable(long position) {
        desk.durable(Objects.requireNonNull(accepted), completeNanos);
        loop.hop(() -> settle(position));
    }

    /** On any thread. */
    @Override
    public void failed(PlatformException problem) {
        loop.hop(() -> answer(Refusal.notStored(problem.problem(), desk.retryAfterSeconds())));
    }

    private void settle(long position) {
        if (desk.ackOf(request) == AckMode.SPOOL) {
            succeed();
            return;
        }
        long timeout = desk.config().commitTimeout().toMillis();
        commitTimer = loop.later(timeout, () -> answer(Refusal.notCommitted(desk.retryAfterSeconds())));
        desk.commits()
                .committed(position)
                .onComplete(committed -> loop.hop(() -> {
                    loop.cancel(commitTimer);
                    if (committed.succeeded()) {
                        succeed();
                    } else {
                        answer(Refusal.notCommitted(desk.retryAfterSeconds()));
                    }
                }));
    }

    private void succeed() {
        if (!isAnswered) {
            isAnswered = true;
            desk.succeed(request, Objects.requireNonNull(accepted));
        }
    }

    private void answer(Refusal reason) {
        giveBody();
        if (!isAnswered) {
            isAnswered = true;
            desk.refuse(request, reason);
        }
    }
}
