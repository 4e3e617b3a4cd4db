package io.segmentdo.benchmarks;

import io.segmentdo.benchmarks.IdentityEvents.Kind;
import io.segmentdo.store.StoreConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;

/** Nodes that work off what is in their spools, each in a process of its own, and a row for each kind of events. */
final class SpooledRows implements AutoCloseable {
    static final String HEADER = "%-54s %9s %11s %8s".formatted("from the spool", "events/s", "decisions/s", "all us");
    static final String RATE = "%-54s %,9.0f";
    private static final Duration PATIENCE = Duration.ofMinutes(10);
    private static final long POLL_MILLIS = 5;

    private final String name;
    private final List<NodeProcess> nodes = new ArrayList<>();

    private SpooledRows(String name) {
        this.name = name;
    }

    /** One node with this store. */
    static SpooledRows alone(String name, Path home, String store) throws IOException {
        SpooledRows rows = new SpooledRows(name);
        rows.nodes.add(new NodeProcess(home, 0, store));
        return rows;
    }

    /** So many members of a cluster that share this store, each with its share of the partitions. */
    static SpooledRows members(int members, Path home, String store) throws IOException {
        SpooledRows rows = new SpooledRows("on " + members + " members");
        List<Integer> ports = ServerProcess.freePorts(2 * members);
        String joinedBy = ports.subList(0, members).stream()
                .map(port -> "'127.0.0.1:" + port + "'")
                .collect(Collectors.joining(", "));
        for (int member = 0; member < members; member++) {
            String cluster = """
                    cluster:
                      enabled: true
                      secret: a-secret-for-benchmarks
                      host: 127.0.0.1
                      port: %d
                      bus-port: %d
                      members: [%s]
                    """.formatted(ports.get(member), ports.get(members + member), joinedBy);
            rows.nodes.add(new NodeProcess(home.resolve("member-" + member), member, cluster + store));
        }
        int partitions = StoreConfig.DEFAULT.partitions();
        await(() -> {
            List<Long> owned = rows.nodes.stream().map(NodeProcess::owned).toList();
            return Collections.min(owned) >= partitions / members
                    && owned.stream().mapToLong(Long::longValue).sum() == partitions;
        });
        return rows;
    }

    /** A row for each kind of events: so many new users, and as many others as are asked for. */
    void print(int profiles, int events) {
        print(Kind.NEW_USERS, profiles);
        print(Kind.TRACKS, events);
        print(Kind.MIX, events);
        print(Kind.NEW_DEVICES, events / 4);
    }

    /** Fills the spools with so many events altogether and lets all nodes work them off; prints what that took. */
    private void print(Kind kind, int count) {
        int each = count / nodes.size();
        nodes.forEach(node -> node.fill(kind, each));
        long due = sum(NodeProcess::identified) + (long) each * nodes.size();
        long decisionsBefore = sum(NodeProcess::decisions);
        long cpuBefore = sum(NodeProcess::cpuNanos);
        long start = System.nanoTime();
        nodes.forEach(NodeProcess::route);
        await(() -> sum(NodeProcess::identified) >= due);
        long nanos = System.nanoTime() - start;
        double events = each * nodes.size();
        System.out.printf(
                Locale.ROOT,
                RATE + " %,11.0f %8.1f%n",
                name + ": " + kind.text(),
                events * 1e9 / nanos,
                (sum(NodeProcess::decisions) - decisionsBefore) * 1e9 / nanos,
                (sum(NodeProcess::cpuNanos) - cpuBefore) / 1e3 / events);
        nodes.forEach(NodeProcess::rest);
    }

    private long sum(ToLongFunction<NodeProcess> figure) {
        return nodes.stream().mapToLong(figure).sum();
    }

    private static void await(BooleanSupplier condition) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException("not over within " + PATIENCE.toMinutes() + " minutes");
            }
            LockSupport.parkNanos(POLL_MILLIS * 1_000_000);
        }
    }

    @Override
    public void close() {
        nodes.forEach(NodeProcess::close);
    }
}
