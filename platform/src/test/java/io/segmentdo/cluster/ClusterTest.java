package io.segmentdo.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.segmentdo.FreePort;
import io.segmentdo.config.InvalidValueException;
import io.segmentdo.config.Secret;
import io.segmentdo.identity.Place;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;

/** Members of one cluster, in one process. */
class ClusterTest {
    private static final int PARTITIONS = 16;
    private static final String SECRET = "what-all-members-know";

    @Test
    void membersShareThePartitionsAndHandThemOverBeforeTheyLeave() throws Exception {
        int firstPort = FreePort.find();
        int secondPort = FreePort.find();
        try (Cluster first = Cluster.join(config(firstPort, SECRET, firstPort), PARTITIONS, 2)) {
            first.takePart();
            await(() -> first.wanted().size() == PARTITIONS);

            try (Cluster second = Cluster.join(config(secondPort, SECRET, firstPort), PARTITIONS, 1)) {
                await(() -> first.size() == 2);
                assertThat(second.wanted()).as("of a member that is not ready").isEmpty();
                assertThat(first.wanted()).hasSize(PARTITIONS);

                second.takePart();
                await(() -> second.wanted().size() == PARTITIONS / 2
                        && first.wanted().size() == PARTITIONS / 2);
                assertThat(union(first.wanted(), second.wanted())).hasSize(PARTITIONS);
                await(() -> agree(first, second));

                second.withdraw(Duration.ofSeconds(30));
                assertThat(second.wanted()).isEmpty();
                await(() -> first.wanted().size() == PARTITIONS);
                assertThat(first.size()).as("it still answers").isEqualTo(2);
            }

            await(() -> first.size() == 1);
        }
    }

    /** Also guards the hook in Hazelcast's inside: without it anybody could join. */
    @Test
    void whoDoesNotKnowTheSecretIsNotLetIn() throws Exception {
        int port = FreePort.find();
        try (Cluster member = Cluster.join(config(port, SECRET, port), PARTITIONS, 1);
                Cluster stranger =
                        Cluster.join(config(FreePort.find(), "guessed-by-a-stranger", port), PARTITIONS, 1)) {
            assertThat(member.size()).isEqualTo(1);
            assertThat(stranger.size()).isEqualTo(1);
        }
    }

    @Test
    void aConnectionWithoutTheHandshakeIsClosed() throws Exception {
        int port = FreePort.find();
        try (Cluster ignored = Cluster.join(config(port, SECRET, port), PARTITIONS, 1);
                Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(30_000);
            byte[] challenge = socket.getInputStream().readNBytes(32);
            assertThat(challenge).hasSize(32);

            socket.getOutputStream().write(new byte[64]);

            assertThat(read(socket)).as("what is said to a stranger").isEqualTo(-1);
        }
    }

    private static int read(Socket socket) {
        try {
            return socket.getInputStream().read();
        } catch (IOException e) {
            return -1;
        }
    }

    @Test
    void aClusterWithoutASecretIsRefused() {
        assertThatThrownBy(() -> config(5701, "short", 5701))
                .isInstanceOf(InvalidValueException.class)
                .hasMessageContaining("secret")
                .hasMessageNotContaining("short");
    }

    private static boolean agree(Cluster first, Cluster second) {
        for (int partition = 0; partition < PARTITIONS; partition++) {
            Place place = first.find(partition);
            if (place == null || !place.equals(second.find(partition))) {
                return false;
            }
            boolean isHere = first.isHere(place);
            if (place.lane() != (isHere ? partition % 2 : 0)) {
                return false;
            }
        }
        return true;
    }

    private static Set<Integer> union(Set<Integer> left, Set<Integer> right) {
        Set<Integer> union = new HashSet<>(left);
        union.addAll(right);
        return union;
    }

    private static ClusterConfig config(int port, String secret, int joinPort) {
        ClusterConfig base = ClusterConfig.DEFAULT;
        return new ClusterConfig(
                true,
                "test",
                Optional.of(new Secret(secret)),
                "127.0.0.1",
                port,
                port == 1 ? 2 : port - 1,
                List.of("127.0.0.1:" + joinPort),
                base.kubernetes(),
                base.heartbeat(),
                Duration.ofSeconds(30),
                base.tls());
    }

    private static void await(BooleanSupplier condition) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("still waiting").isLessThan(deadline);
            Thread.sleep(10);
        }
    }
}
