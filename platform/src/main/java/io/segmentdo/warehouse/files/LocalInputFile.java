package io.segmentdo.warehouse.files;

import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.apache.iceberg.exceptions.NotFoundException;
import org.apache.iceberg.io.InputFile;
import org.apache.iceberg.io.RangeReadable;
import org.apache.iceberg.io.SeekableInputStream;

/** One file of this machine to be read. Immutable; its streams are confined to their reader. */
final class LocalInputFile implements InputFile {
    private final String location;
    private final Path path;

    LocalInputFile(String location, Path path) {
        this.location = location;
        this.path = path;
    }

    @Override
    public long getLength() {
        return read(() -> Files.size(path));
    }

    @Override
    public SeekableInputStream newStream() {
        return read(() -> new Stream(FileChannel.open(path, StandardOpenOption.READ)));
    }

    private interface Read<T> {
        T now() throws IOException;
    }

    /** With failures as Iceberg wants them. */
    private <T> T read(Read<T> read) {
        try {
            return read.now();
        } catch (NoSuchFileException e) {
            throw new NotFoundException(e, "%s", location);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public String location() {
        return location;
    }

    @Override
    public boolean exists() {
        return Files.exists(path);
    }

    private static final class Stream extends SeekableInputStream implements RangeReadable {
        private final FileChannel channel;
        private final java.io.InputStream in;

        Stream(FileChannel channel) {
            this.channel = channel;
            this.in = Channels.newInputStream(channel);
        }

        @Override
        public long getPos() throws IOException {
            return channel.position();
        }

        @Override
        public void seek(long position) throws IOException {
            channel.position(position);
        }

        @Override
        public int read() throws IOException {
            return in.read();
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            return in.read(target, offset, length);
        }

        @Override
        public void readFully(long position, byte[] target, int offset, int length) throws IOException {
            ByteBuffer buffer = ByteBuffer.wrap(target, offset, length);
            while (buffer.hasRemaining()) {
                if (channel.read(buffer, position + buffer.position() - offset) < 0) {
                    throw new EOFException();
                }
            }
        }

        @Override
        public int readTail(byte[] target, int offset, int length) throws IOException {
            int count = (int) Math.min(length, channel.size());
            readFully(channel.size() - count, target, offset, count);
            return count;
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }
}
