package io.segmentdo.delivery;

import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Collection;
import java.util.List;

/**
 * Where requests may go: to the public internet, and to networks that the operator has named.
 *
 * <p>URLs of destinations come from whoever configures them, and must not open what only this machine can reach: its own
 * ports, the private network around it, the metadata service of its cloud. What counts is the address that is about to be
 * connected to, not the name that stands for it, and it is not looked up again in between. Immutable.
 */
final class NetworkGuard {
    /** What is not the public internet, by the registries of special addresses (RFC 6890 and its successors). */
    private static final List<Network> CLOSED = List.of(
            Network.of("0.0.0.0/8"),
            Network.of("10.0.0.0/8"),
            Network.of("100.64.0.0/10"),
            Network.of("127.0.0.0/8"),
            Network.of("169.254.0.0/16"),
            Network.of("172.16.0.0/12"),
            Network.of("192.0.0.0/24"),
            Network.of("192.0.2.0/24"),
            Network.of("192.88.99.0/24"),
            Network.of("192.168.0.0/16"),
            Network.of("198.18.0.0/15"),
            Network.of("198.51.100.0/24"),
            Network.of("203.0.113.0/24"),
            Network.of("224.0.0.0/3"),
            Network.of("2001::/23"),
            Network.of("2001:db8::/32"),
            Network.of("2002::/16"),
            Network.of("3fff::/20"));

    /** All that is public of IPv6. */
    private static final Network GLOBAL = Network.of("2000::/3");

    /** IPv4 seen from a network that only has IPv6. */
    private static final Network TRANSLATED = Network.of("64:ff9b::/96");

    /** Finds the addresses of a name. */
    interface Names {
        InetAddress[] find(String name) throws UnknownHostException;
    }

    private final List<Network> allowed;
    private final Names names;

    /** @param allowed what may be reached beside the public internet, each as {@link Network#parse} reads it */
    NetworkGuard(Collection<String> allowed) {
        this(allowed, InetAddress::getAllByName);
    }

    NetworkGuard(Collection<String> allowed, Names names) {
        this.allowed = allowed.stream().map(Network::of).toList();
        this.names = names;
    }

    /**
     * Looks a name up; blocks.
     *
     * @return at least one address, only those that may be connected to
     * @throws IOException when there is none, with the reason
     */
    List<InetAddress> resolve(String host, int port) throws IOException {
        InetAddress[] all = names.find(host);
        List<InetAddress> open =
                List.of(all).stream().filter(address -> allows(address, port)).toList();
        if (open.isEmpty()) {
            throw new IOException(host + " is at " + all[0].getHostAddress()
                    + ", which is not on the public internet (expected: one that is, or a network of"
                    + " delivery.allowed-networks)");
        }
        return open;
    }

    /** Whether an address may be connected to. */
    boolean allows(InetAddress address, int port) {
        if (allowed.stream().anyMatch(network -> network.contains(address, port))) {
            return true;
        }
        if (address instanceof Inet6Address && TRANSLATED.contains(address, port)) {
            return allows(Network.lastFour(address), port);
        }
        boolean isKnown = !(address instanceof Inet6Address) || GLOBAL.contains(address, port);
        return isKnown && CLOSED.stream().noneMatch(network -> network.contains(address, port));
    }
}
