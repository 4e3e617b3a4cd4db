package io.segmentdo.warehouse.files;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Objects;
import java.util.Set;
import org.apache.iceberg.exceptions.AlreadyExistsException;
import org.apache.iceberg.io.InputFile;
import org.apache.iceberg.io.OutputFile;
import org.apache.iceberg.io.PositionOutputStream;

/** One file of this machine to be written. Immutable; its streams are confined to their writer. */
final class LocalOutputFile implements OutputFile {
    private static final int BUFFER_BYTES = 64 << 10;

    private final String location;
    private final Path path;

    LocalOutputFile(String location, Path path) {
        this.location = location;
        this.path = path;
    }

    @Override
    public PositionOutputStream create() {
        return open(Set.of(StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW));
    }

    @Override
    public PositionOutputStream createOrOverwrite() {
        return open(Set.of(StandardOpenOption.WRITE, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING));
    }

    private PositionOutputStream open(Set<? extends OpenOption> options) {
        try {
            Files.createDirectories(Objects.requireNonNull(path.getParent()));
            return new Stream(path, FileChannel.open(path, options));
        } catch (FileAlreadyExistsException e) {
            throw new AlreadyExistsException(e, "%s", location);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public String location() {
        return location;
    }

    @Override
    public InputFile toInputFile() {
        return new LocalInputFile(location, path);
    }

    private static final class Stream extends PositionOutputStream {
        private final Path path;
        private final FileChannel channel;
        private final OutputStream out;
        private long position;

        Stream(Path path, FileChannel channel) {
            this.path = path;
            this.channel = channel;
            this.out = new BufferedOutputStream(Channels.newOutputStream(channel), BUFFER_BYTES);
        }

        @Override
        public long getPos() {
            return position;
        }

        @Override
        public void write(int one) throws IOException {
            out.write(one);
            position++;
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            out.write(bytes, offset, length);
            position += length;
        }

        @Override
        public void flush() throws IOException {
            out.flush();
        }

        /** A commit refers to the file afterwards, so it must be on the disk, and so must its name. */
        @Override
        public void close() throws IOException {
            if (!channel.isOpen()) {
                return;
            }
            try (channel) {
                out.flush();
                channel.force(false);
            }
            try (FileChannel directory = FileChannel.open(Objects.requireNonNull(path.getParent()))) {
                directory.force(true);
            }
        }
    }
}
