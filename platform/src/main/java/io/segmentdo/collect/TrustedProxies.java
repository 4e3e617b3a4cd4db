package io.segmentdo.collect;

import static io.segmentdo.config.Checks.check;

import io.netty.util.NetUtil;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The proxies in front of us, whose word about the sender counts. Immutable. */
final class TrustedProxies {
    /** The first {@code bits} of an address of four or sixteen bytes. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Network(byte[] address, int bits) {
        boolean contains(byte[] other) {
            if (other.length != address.length) {
                return false;
            }
            int whole = bits / 8;
            for (int i = 0; i < whole; i++) {
                if (address[i] != other[i]) {
                    return false;
                }
            }
            int mask = 0xff00 >> bits % 8 & 0xff;
            return mask == 0 || (address[whole] & mask) == (other[whole] & mask);
        }
    }

    private final List<Network> networks;

    private TrustedProxies(List<Network> networks) {
        this.networks = List.copyOf(networks);
    }

    /** Reads addresses and networks in CIDR notation. */
    static TrustedProxies of(List<String> texts) {
        List<Network> networks = new ArrayList<>();
        for (String text : texts) {
            int slash = text.indexOf('/');
            byte[] address = NetUtil.createByteArrayFromIpAddressString(slash < 0 ? text : text.substring(0, slash));
            int bits = address == null ? -1 : slash < 0 ? address.length * 8 : bits(text.substring(slash + 1));
            check(
                    address != null && bits >= 0 && bits <= address.length * 8,
                    "trusted-proxies",
                    text,
                    "an IP address or a network such as 10.0.0.0/8");
            networks.add(new Network(address, bits));
        }
        return new TrustedProxies(networks);
    }

    private static int bits(String text) {
        boolean isNumber = !text.isEmpty() && text.length() <= 3 && text.chars().allMatch(c -> c >= '0' && c <= '9');
        return isNumber ? Integer.parseInt(text) : -1;
    }

    /** Whether the peer of a request is one of them. */
    boolean forwards(HttpServerRequest request) {
        return !networks.isEmpty() && contains(peer(request));
    }

    /** The sender's address: the peer's, or the last one in X-Forwarded-For that is not a proxy of ours; null if unknown. */
    @Nullable
    String senderOf(HttpServerRequest request) {
        String peer = peer(request);
        if (networks.isEmpty() || !contains(peer)) {
            return peer;
        }
        List<String> headers = request.headers().getAll("X-Forwarded-For");
        String[] hops = String.join(",", headers).split(",", -1);
        for (int i = hops.length - 1; i >= 0; i--) {
            String hop = withoutPort(hops[i].trim());
            if (NetUtil.createByteArrayFromIpAddressString(hop) == null) {
                return peer;
            }
            if (!contains(hop)) {
                return hop;
            }
            peer = hop;
        }
        return peer;
    }

    private static @Nullable String peer(HttpServerRequest request) {
        SocketAddress remote = request.remoteAddress();
        return remote == null ? null : remote.hostAddress();
    }

    private boolean contains(@Nullable String text) {
        byte[] address = text == null ? null : NetUtil.createByteArrayFromIpAddressString(text);
        if (address != null) {
            for (Network network : networks) {
                if (network.contains(address)) {
                    return true;
                }
            }
        }
        return false;
    }

    /** {@code 1.2.3.4:5678} and {@code [::1]:5678}, as some proxies write them. */
    private static String withoutPort(String hop) {
        if (hop.startsWith("[")) {
            int end = hop.indexOf(']');
            return end < 0 ? hop : hop.substring(1, end);
        }
        int colon = hop.indexOf(':');
        return colon >= 0 && colon == hop.lastIndexOf(':') ? hop.substring(0, colon) : hop;
    }
}
