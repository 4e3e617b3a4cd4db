package io.segmentdo.app;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The network of three members on one machine. Where network namespaces may be made, the last of them has one of its own,
 * so that it can be cut off: packets between it and the others vanish, as behind a switch that has failed.
 *
 * <p>Two addresses lead into the namespace, one for what members say to each other and one for everything else; they can
 * be cut one without the other.
 */
final class ClusterNetwork implements AutoCloseable {
    private static final String NOBODY = "02:00:00:00:00:99";

    /** One of the two networks between the machine and the namespace. */
    enum Net {
        MEMBERS,
        SERVICES
    }

    private final long pid = ProcessHandle.current().pid();
    private final String namespace = "sdo-" + pid;
    private final String outside = "sdo" + pid + "o";
    private final String inside = "sdo" + pid + "i";
    private final String reason;

    private ClusterNetwork(String reason) {
        this.reason = reason;
    }

    /** Makes a namespace if this user may, and stays on the loopback interface otherwise. */
    static ClusterNetwork open() throws InterruptedException {
        ClusterNetwork network = new ClusterNetwork("");
        try {
            network.make();
            return network;
        } catch (IOException e) {
            network.close();
            return new ClusterNetwork(String.valueOf(e.getMessage()));
        }
    }

    private void make() throws IOException, InterruptedException {
        ip("netns", "add", namespace);
        ip("link", "add", outside, "type", "veth", "peer", "name", inside, "netns", namespace);
        for (Net net : Net.values()) {
            ip("addr", "add", address(net, 1) + "/30", "dev", outside);
            ip("-n", namespace, "addr", "add", address(net, 2) + "/30", "dev", inside);
        }
        ip("link", "set", outside, "up");
        ip("-n", namespace, "link", "set", inside, "up");
        ip("-n", namespace, "link", "set", "lo", "up");
    }

    /** Why nothing can be cut; empty when it can. */
    String reason() {
        return reason;
    }

    /** The address at which something on the machine itself is reached from everywhere. */
    String outside(Net net) {
        return reason.isEmpty() ? address(net, 1) : "127.0.0.1";
    }

    /** The address of the member that can be cut off. */
    String inside(Net net) {
        return reason.isEmpty() ? address(net, 2) : "127.0.0.1";
    }

    /** What a command line begins with that runs there. */
    List<String> prefix() {
        return reason.isEmpty() ? List.of("ip", "netns", "exec", namespace) : List.of();
    }

    /** From now on nothing comes through, and nobody is told. */
    void cut(Net net) throws IOException, InterruptedException {
        ip("neigh", "replace", address(net, 2), "lladdr", NOBODY, "dev", outside, "nud", "permanent");
        ip("-n", namespace, "neigh", "replace", address(net, 1), "lladdr", NOBODY, "dev", inside, "nud", "permanent");
    }

    /** Everything comes through again. */
    void heal(Net net) throws IOException, InterruptedException {
        ip("neigh", "del", address(net, 2), "dev", outside);
        ip("-n", namespace, "neigh", "del", address(net, 1), "dev", inside);
    }

    /** In a range that is not used outside, another one for each process. */
    private String address(Net net, int host) {
        return "10." + (64 + pid % 128) + "." + (pid / 128 % 256) + "." + (4 * net.ordinal() + host);
    }

    private static void ip(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("ip"));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        if (!process.waitFor(10, TimeUnit.SECONDS) || process.exitValue() != 0) {
            throw new IOException(String.join(" ", command) + ": " + said.strip());
        }
    }

    @Override
    public void close() throws InterruptedException {
        if (reason.isEmpty()) {
            try {
                ip("netns", "del", namespace); // the pair of interfaces goes with it
            } catch (IOException e) {
                // it was never made
            }
        }
    }
}
