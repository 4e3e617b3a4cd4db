package io.segmentdo.warehouse.replay;

import io.segmentdo.warehouse.engine.Head;
import io.segmentdo.warehouse.engine.RowSink;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The number in a result of one row with one column. Confined to one thread. */
final class Counted implements RowSink {
    private static final Pattern NUMBER = Pattern.compile("\\d+");
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    @Override
    public void head(Head head) {
        // one column
    }

    @Override
    public void data(byte[] piece) {
        bytes.writeBytes(piece);
    }

    long value() {
        Matcher number = NUMBER.matcher(bytes.toString(StandardCharsets.UTF_8));
        if (!number.find()) {
            throw new IllegalStateException("no number in " + bytes.size() + " bytes");
        }
        return Long.parseLong(number.group());
    }
}
