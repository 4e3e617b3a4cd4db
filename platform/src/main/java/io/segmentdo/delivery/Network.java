package io.segmentdo.delivery;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A range of addresses, of one port or of all.
 *
 * <p>Immutable.
 *
 * @param address its first address
 * @param bits how many of the first bits its addresses have in common
 * @param port the only port, or 0 for all
 */
record Network(InetAddress address, int bits, int port) {
    private static final Pattern TEXT = Pattern.compile("([0-9A-Fa-f.:]+)/(\\d{1,3})(?::(\\d{1,5}))?");

    /** Reads e.g. {@code 10.1.0.0/16} or {@code fd00::/8:443}; empty when it is no such thing. */
    static Optional<Network> parse(String text) {
        Matcher matcher = TEXT.matcher(text);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        try {
            InetAddress address = InetAddress.ofLiteral(matcher.group(1));
            int bits = Integer.parseInt(matcher.group(2));
            int port = matcher.group(3) == null ? 0 : Integer.parseInt(matcher.group(3));
            boolean fits = bits <= address.getAddress().length * 8 && port < 1 << 16;
            return fits ? Optional.of(new Network(address, bits, port)) : Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** The range of a text that is known to be one. */
    static Network of(String text) {
        return parse(text).orElseThrow(() -> new IllegalArgumentException(text));
    }

    boolean contains(InetAddress other, int otherPort) {
        byte[] mine = address.getAddress();
        byte[] theirs = other.getAddress();
        if (mine.length != theirs.length || (port != 0 && port != otherPort)) {
            return false;
        }
        for (int bit = 0; bit < bits; bit++) {
            int mask = 0x80 >> (bit & 7);
            if (((mine[bit >> 3] ^ theirs[bit >> 3]) & mask) != 0) {
                return false;
            }
        }
        return true;
    }

    /** The IPv4 address that ends an IPv6 address of this range. */
    static InetAddress lastFour(InetAddress six) {
        byte[] all = six.getAddress();
        try {
            return InetAddress.getByAddress(new byte[] {all[12], all[13], all[14], all[15]});
        } catch (UnknownHostException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
