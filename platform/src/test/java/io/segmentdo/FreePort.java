package io.segmentdo;

import java.io.IOException;
import java.net.ServerSocket;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;

/**
 * A port on which nobody listens, for a server that is to be started later, or again. It is below those that systems
 * give to outgoing connections (Linux from 32768, others from 49152), so none of the many that tests open can take it
 * meanwhile. Safe for concurrent use.
 */
public final class FreePort {
    private static final int FIRST = 12_000;
    private static final int BEHIND_LAST = 32_000;

    private FreePort() {}

    public static int find() {
        while (true) {
            int port = ThreadLocalRandom.current().nextInt(FIRST, BEHIND_LAST);
            try (ServerSocket socket = new ServerSocket(port)) {
                return socket.getLocalPort();
            } catch (IOException e) {
                // somebody's: another one
            }
        }
    }

    /** Several, each another one. */
    public static List<Integer> find(int count) {
        return Stream.generate(FreePort::find).distinct().limit(count).toList();
    }
}
