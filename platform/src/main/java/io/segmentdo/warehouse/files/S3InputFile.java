package io.segmentdo.warehouse.files;

import io.segmentdo.warehouse.files.S3Client.Answer;
import io.segmentdo.warehouse.files.S3Client.Place;
import java.io.EOFException;
import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;
import org.apache.iceberg.exceptions.NotFoundException;
import org.apache.iceberg.io.InputFile;
import org.apache.iceberg.io.RangeReadable;
import org.apache.iceberg.io.SeekableInputStream;

/** One object to be read, by ranges. Safe for concurrent use; its streams are confined to their reader. */
final class S3InputFile implements InputFile {
    /** Small reads share one request. */
    private static final int READ_BYTES = 256 << 10;

    private final S3Client client;
    private final String location;

    /** Negative until it is known. */
    private volatile long length;

    S3InputFile(S3Client client, String location, long length) {
        this.client = client;
        this.location = location;
        this.length = length;
    }

    @Override
    public long getLength() {
        long known = length;
        if (known < 0) {
            Answer answer = client.find("HEAD", Place.of(location), new TreeMap<>(), Map.of());
            if (answer.status() == 404) {
                throw new NotFoundException("%s", location);
            }
            known = Long.parseLong(answer.header("content-length"));
            length = known;
        }
        return known;
    }

    @Override
    public SeekableInputStream newStream() {
        return new Stream();
    }

    @Override
    public String location() {
        return location;
    }

    @Override
    public boolean exists() {
        return client.find("HEAD", Place.of(location), new TreeMap<>(), Map.of())
                        .status()
                != 404;
    }

    private byte[] range(long from, long count) {
        Answer answer = client.find(
                "GET",
                Place.of(location),
                new TreeMap<>(),
                Map.of("Range", "bytes=" + from + "-" + (from + count - 1)));
        if (answer.status() == 404) {
            throw new NotFoundException("%s", location);
        }
        return answer.body();
    }

    private final class Stream extends SeekableInputStream implements RangeReadable {
        private long position;
        private byte[] buffer = {};
        private long bufferFrom;

        @Override
        public long getPos() {
            return position;
        }

        @Override
        public void seek(long target) {
            position = target;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] target, int offset, int count) throws IOException {
            long left = getLength() - position;
            if (left <= 0) {
                return count == 0 ? 0 : -1;
            }
            int inBuffer = (int) Math.max(0, bufferFrom + buffer.length - position);
            if (position < bufferFrom || inBuffer == 0) {
                buffer = range(position, Math.min(left, Math.max(count, READ_BYTES)));
                bufferFrom = position;
                inBuffer = buffer.length;
                if (inBuffer == 0) {
                    throw new EOFException(location + " has no bytes at " + position);
                }
            }
            int taken = Math.min(count, inBuffer);
            System.arraycopy(buffer, (int) (position - bufferFrom), target, offset, taken);
            position += taken;
            return taken;
        }

        @Override
        public void readFully(long from, byte[] target, int offset, int count) throws IOException {
            byte[] bytes = range(from, count);
            if (bytes.length < count) {
                throw new EOFException(location + " ends before " + (from + count));
            }
            System.arraycopy(bytes, 0, target, offset, count);
        }

        @Override
        public int readTail(byte[] target, int offset, int count) throws IOException {
            int taken = (int) Math.min(count, getLength());
            readFully(getLength() - taken, target, offset, taken);
            return taken;
        }
    }
}
