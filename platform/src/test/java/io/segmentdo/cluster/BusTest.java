package io.segmentdo.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.hazelcast.core.Hazelcast;
import com.hazelcast.core.HazelcastInstance;
import io.segmentdo.FreePort;
import io.segmentdo.config.Secret;
import io.segmentdo.identity.Colleagues;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What goes over the port for events between members. */
class BusTest {
    private static final int PARTITIONS = 16;
    private static final String SECRET = "what-all-members-know";

    @TempDir
    Path dir;

    @Test
    void membersAskEachOtherAndAStrangerOnTheirPortGetsNowhere() throws Exception {
        int port = FreePort.find();
        try (Member one = new Member(port, port, ClusterTlsConfig.DEFAULT);
                Member other = new Member(FreePort.find(), port, ClusterTlsConfig.DEFAULT)) {
            other.colleagues.answer("greeting", question -> new JsonObject().put("hello", question.getString("name")));
            awaitAnswers(one, other);

            Colleagues.Answers answers = one.ask("greeting", new JsonObject().put("name", "one"));
            assertThat(answers.byMember())
                    .isEqualTo(Map.of(other.cluster.name(), new JsonObject().put("hello", "one")));
            assertThat(answers.silent()).isEmpty();
            assertThat(one.ask("nobody answers this", new JsonObject()).silent())
                    .containsExactly(other.cluster.name());

            // whoever gets onto the event bus itself can say anything but what is sealed
            String address = "greeting@" + other.cluster.name();
            for (Object forged : List.of("hello", Buffer.buffer("{}"), new JsonObject().put("kind", "question"))) {
                assertThatThrownBy(() ->
                                one.vertx.eventBus().request(address, forged).await(30, TimeUnit.SECONDS))
                        .hasMessageContaining("unauthorized");
            }
        }
    }

    /** As when a member is back while others are still removing what they know of it. */
    @Test
    void aMemberThatHasBeenForgottenSaysAgainWhereItIs() throws Exception {
        int port = FreePort.find();
        try (Member one = new Member(port, port, ClusterTlsConfig.DEFAULT);
                Member other = new Member(FreePort.find(), port, ClusterTlsConfig.DEFAULT)) {
            String address = Calls.address("greeting", other.cluster.name());
            other.colleagues.answer("greeting", question -> new JsonObject());
            await(() -> one.ask("greeting", new JsonObject()).byMember().containsKey(other.cluster.name()));
            other.hazelcast().getMultiMap("__vertx.subs").remove(address);
            await(() -> one.ask("greeting", new JsonObject()).silent().contains(other.cluster.name()));

            other.cluster.reachability(other.vertx).restore(address);

            await(() -> one.ask("greeting", new JsonObject()).byMember().containsKey(other.cluster.name()));
        }
    }

    @Test
    void withTlsWhoHasNoCertificateIsNotLetIn() throws Exception {
        TestAuthority authority = TestAuthority.in(dir);
        ClusterTlsConfig tls = authority.tls();
        int port = FreePort.find();
        try (Member one = new Member(port, port, tls);
                Member other = new Member(FreePort.find(), port, tls)) {
            other.colleagues.answer("greeting", question -> new JsonObject().put("hello", 1));
            awaitAnswers(one, other);

            assertThat(isLetIn(authority.withoutCertificate().createSocket("127.0.0.1", one.busPort), 30_000))
                    .isFalse();
            assertThat(isLetIn(authority.withCertificate().createSocket("127.0.0.1", one.busPort), 1_000))
                    .isTrue();
        }
    }

    /** A server that wants a certificate says so with the first thing that it sends after the handshake. */
    private static boolean isLetIn(Socket socket, int patienceMillis) throws IOException {
        try (socket) {
            socket.setSoTimeout(patienceMillis);
            ((SSLSocket) socket).startHandshake();
            socket.getOutputStream().write(new byte[4]);
            socket.getOutputStream().flush();
            return socket.getInputStream().read() >= 0;
        } catch (java.net.SocketTimeoutException e) {
            return true; // it waits for more
        } catch (SSLException | java.net.SocketException e) {
            return false;
        }
    }

    private static final class Member implements AutoCloseable {
        private final Cluster cluster;
        private final int busPort;
        private final Vertx vertx;
        private final Colleagues colleagues;

        Member(int port, int joinPort, ClusterTlsConfig tls) throws IOException {
            ClusterConfig base = ClusterConfig.DEFAULT;
            busPort = FreePort.find();
            cluster = Cluster.join(
                    new ClusterConfig(
                            true,
                            "test",
                            Optional.of(new Secret(SECRET)),
                            "127.0.0.1",
                            port,
                            busPort,
                            List.of("127.0.0.1:" + joinPort),
                            base.kubernetes(),
                            base.heartbeat(),
                            Duration.ofSeconds(30),
                            tls),
                    PARTITIONS,
                    1);
            vertx = cluster.connect(Vertx.builder(), new VertxOptions())
                    .buildClustered()
                    .toCompletionStage()
                    .toCompletableFuture()
                    .join();
            colleagues = cluster.colleagues(vertx);
            cluster.takePart();
        }

        HazelcastInstance hazelcast() {
            return Hazelcast.getHazelcastInstanceByName(cluster.name());
        }

        Colleagues.Answers ask(String topic, JsonObject question) {
            return colleagues
                    .askAll(topic, question)
                    .toCompletionStage()
                    .toCompletableFuture()
                    .join();
        }

        @Override
        public void close() {
            vertx.close().toCompletionStage().toCompletableFuture().join();
            cluster.close();
        }
    }

    /** The first question finds cold connections, and at times a handler that is not yet known to all. */
    private static void awaitAnswers(Member asking, Member answering) throws InterruptedException {
        await(() -> asking.cluster.size() == 2
                && asking.cluster.table().members().values().stream().noneMatch(Table.TableMember::isPassive)
                && asking.ask("greeting", new JsonObject()).byMember().containsKey(answering.cluster.name()));
    }

    private interface Condition {
        boolean holds();
    }

    private static void await(Condition condition) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (!condition.holds()) {
            assertThat(System.nanoTime()).as("still waiting").isLessThan(deadline);
            Thread.sleep(10);
        }
    }
}
