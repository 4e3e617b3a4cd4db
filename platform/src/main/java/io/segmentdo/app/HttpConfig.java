package io.segmentdo.app;

import static io.segmentdo.config.Checks.check;

import io.segmentdo.config.Doc;

/**
 * The address of the node and its HTTP server.
 *
 * <p>Immutable.
 */
public record HttpConfig(
        @Doc("Address that is listened on; `0.0.0.0` for all. `--host` of `segmentdo up`.")
        String host,

        @Doc("Port that is listened on, 0 to 65535; 0 takes a free one. `--port` of `segmentdo up`.")
        int port,

        @Doc("Event loops that serve requests; 0 for one per processor.")
        int eventLoops) {
    public static final HttpConfig DEFAULT = new HttpConfig("127.0.0.1", 8080, 0);

    public HttpConfig {
        check(port >= 0 && port <= 65_535, "port", port, "0 to 65535");
        check(eventLoops >= 0 && eventLoops <= 1024, "event-loops", eventLoops, "0 to 1024");
    }

    /** The address under which this machine itself reaches what listens on {@link #host}. */
    public String reachableHost() {
        return host.equals("0.0.0.0") || host.equals("::") ? "127.0.0.1" : host;
    }

    /** How many event loops there are. */
    public int effectiveEventLoops() {
        return eventLoops == 0 ? Runtime.getRuntime().availableProcessors() : eventLoops;
    }
}
