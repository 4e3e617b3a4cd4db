package io.segmentdo.app.cli;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.UnixOperatingSystemMXBean;
import io.segmentdo.config.ByteSize;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Whether a machine is fit to run a node. */
final class MachineCheck {
    private static final long DISK_MIN = ByteSize.gibibytes(2).bytes();
    private static final long MEMORY_MIN = ByteSize.gibibytes(1).bytes();
    private static final long FILES_MIN = 4096;
    private static final Instant BUILT = Instant.parse("2026-01-01T00:00:00Z");
    private static final int SYNCS = 25;

    private final Path data;

    MachineCheck(Path data) {
        this.data = data.toAbsolutePath();
    }

    List<Finding> findings() {
        List<Finding> findings = new ArrayList<>();
        findings.add(java());
        findings.add(memory());
        findings.add(openFiles());
        findings.add(clock(Instant.now()));
        findings.addAll(disk());
        return findings;
    }

    /** Whether an address can be listened on. */
    static Finding port(String host, int port) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getByName(host), port));
            return Finding.good("Port " + port + " is free");
        } catch (IOException e) {
            return Finding.bad("Port " + port + " on " + host + " is taken by something that is no node, or is not"
                    + " allowed (" + e.getMessage() + "): use another one with --port");
        }
    }

    private static Finding java() {
        int feature = Runtime.version().feature();
        return feature >= 25
                ? Finding.good("Java " + Runtime.version())
                : Finding.bad("Java " + Runtime.version() + ": install a JDK 25 or newer");
    }

    private static Finding memory() {
        var system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        String text =
                "Memory: " + size(system.getTotalMemorySize()) + ", " + size(system.getFreeMemorySize()) + " free";
        return system.getTotalMemorySize() >= MEMORY_MIN
                ? Finding.good(text)
                : Finding.odd(text + ": less than " + size(MEMORY_MIN) + " is tight under load");
    }

    private static Finding openFiles() {
        if (!(ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean system)) {
            return Finding.good("Open files: not limited here");
        }
        long max = system.getMaxFileDescriptorCount();
        return max >= FILES_MIN
                ? Finding.good("Open files: up to " + max)
                : Finding.odd(
                        "Open files: only up to " + max + ": raise it with ulimit -n 65536, each connection is one");
    }

    static Finding clock(Instant now) {
        return now.isAfter(BUILT)
                ? Finding.good("Clock: " + now)
                : Finding.bad("Clock: " + now + " lies before this program was made: set it, events are ordered by it");
    }

    private List<Finding> disk() {
        try {
            Path directory = existing();
            long free = Files.getFileStore(directory).getUsableSpace();
            String text = "Disk: " + size(free) + " free for " + data;
            return List.of(
                    free >= DISK_MIN
                            ? Finding.good(text)
                            : Finding.bad(text + ": less than " + size(DISK_MIN) + ", requests will soon be refused"),
                    sync(directory));
        } catch (IOException e) {
            return List.of(Finding.bad("The data directory " + data + " cannot be written (" + e
                    + "): give this user the right to, or choose another with --data"));
        }
    }

    /** The data directory, or where it will be made. */
    private Path existing() {
        Path directory = data;
        while (!Files.isDirectory(directory) && directory.getParent() != null) {
            directory = directory.getParent();
        }
        return directory;
    }

    /** The time that the disk needs to make something durable bounds how fast a single event is answered. */
    private static Finding sync(Path directory) throws IOException {
        Path file = Files.createTempFile(directory, "doctor", ".tmp");
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            long[] nanos = new long[SYNCS];
            for (int i = 0; i < SYNCS; i++) {
                long start = System.nanoTime();
                channel.write(ByteBuffer.allocate(4096));
                channel.force(false);
                nanos[i] = System.nanoTime() - start;
            }
            Arrays.sort(nanos);
            double median = nanos[SYNCS / 2] / 1e6;
            String text = "Disk: a write is durable after %.2f ms".formatted(median);
            return median <= 20
                    ? Finding.good(text)
                    : Finding.odd(text + ": slow, every event waits for it; put --data on a faster disk");
        } finally {
            Files.delete(file);
        }
    }

    private static String size(long bytes) {
        return bytes >= 1L << 30
                ? "%.1f GiB".formatted(bytes / (double) (1L << 30))
                : "%.0f MiB".formatted(bytes / (double) (1L << 20));
    }
}
