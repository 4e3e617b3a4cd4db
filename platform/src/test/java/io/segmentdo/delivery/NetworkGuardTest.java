package io.segmentdo.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.segmentdo.api.HttpRequest;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** URLs that would open what only this machine can reach, sent for real: a server listens where they lead. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class NetworkGuardTest {
    private final Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
    private final ChaosSink sink = new ChaosSink();
    private final int port = URI.create(sink.url()).getPort();
    private final Transport closed = transport(new NetworkGuard(List.of()));

    @AfterAll
    void close() throws Exception {
        closed.close();
        sink.close();
        vertx.close().toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                // this machine
                "http://127.0.0.1:PORT/",
                "http://127.1:PORT/",
                "http://127.0.1:PORT/",
                "http://127.255.255.254:PORT/",
                "http://2130706433:PORT/",
                "http://127.000.000.001:PORT/",
                "http://localhost:PORT/",
                "http://LocalHost:PORT/",
                "http://0.0.0.0:PORT/",
                "http://0:PORT/",
                "http://[::1]:PORT/",
                "http://[0:0:0:0:0:0:0:1]:PORT/",
                "http://[::]:PORT/",
                "http://[::ffff:127.0.0.1]:PORT/",
                "http://[::ffff:7f00:1]:PORT/",
                "http://[0000:0000:0000:0000:0000:ffff:7f00:0001]:PORT/",
                "http://[::127.0.0.1]:PORT/",
                "http://[64:ff9b::127.0.0.1]:PORT/",
                "http://[64:ff9b:1::7f00:1]:PORT/",
                "http://[2002:7f00:1::1]:PORT/",
                "http://[2001:0:4136:e378:8000:63bf:80ff:fffe]:PORT/",
                "https://127.0.0.1:PORT/",
                "HTTP://127.0.0.1:PORT/",
                "http://user:password@127.0.0.1:PORT/",
                "http://api.example.com@127.0.0.1:PORT/",
                "http://127.0.0.1:PORT?@api.example.com/",
                "http://127.0.0.1:PORT#@api.example.com/",
                // metadata services
                "http://169.254.169.254/latest/meta-data/",
                "http://2852039166/latest/meta-data/",
                "http://[::ffff:169.254.169.254]/latest/meta-data/",
                "http://[::ffff:a9fe:a9fe]/",
                "http://[64:ff9b::a9fe:a9fe]/",
                "http://[fd00:ec2::254]/latest/meta-data/",
                "http://[fe80::a9fe:a9fe]/",
                "http://169.254.170.2/v2/credentials",
                "http://100.100.100.200/latest/meta-data/",
                "http://192.0.0.192/opc/v2/",
                // networks around this machine
                "http://10.0.0.1/",
                "http://172.16.0.1/",
                "http://172.31.255.255/",
                "http://192.168.1.1/",
                "http://192.168.257/",
                "http://100.64.0.1/",
                "http://198.18.0.1/",
                "http://[fc00::1]/",
                "http://[fe80::1%25lo]/",
                "http://[fec0::1]/",
                "http://[2001:db8::1]/",
                "http://[100::1]/",
                // everybody and nobody
                "http://224.0.0.1/",
                "http://255.255.255.255/",
                "http://240.0.0.1/",
                "http://[ff02::1]/",
                // no HTTP at all
                "file:///etc/passwd",
                "ftp://127.0.0.1:PORT/",
                "gopher://127.0.0.1:PORT/_x",
                "jar:http://127.0.0.1:PORT/x!/",
                "//127.0.0.1:PORT/",
            })
    void aUrlThatLeadsInsideIsNotRequested(String url) {
        sink.behave(ChaosSink.ACCEPT);
        int before = sink.connections();

        Transport.Result result = send(closed, url.replace("PORT", String.valueOf(port)));

        assertThat(result).isInstanceOf(Transport.Result.Failed.class);
        assertThat(sink.connections()).isEqualTo(before);
        assertThat(((Transport.Result.Failed) result).reason()).doesNotContain("password", "meta-data");
    }

    @Test
    void whatTheOperatorNamesIsReached() {
        sink.behave((request, id, attempt) -> ChaosSink.status(request, 204));

        assertThat(status(send(new NetworkGuard(List.of("127.0.0.0/8")), sink.url())))
                .isEqualTo(204);
        assertThat(status(send(new NetworkGuard(List.of("127.0.0.1/32:" + port)), sink.url())))
                .isEqualTo(204);
        assertThat(send(new NetworkGuard(List.of("127.0.0.1/32:1")), sink.url()))
                .isInstanceOf(Transport.Result.Failed.class);
    }

    @Test
    void thePublicInternetIsOpen() throws IOException {
        NetworkGuard guard = new NetworkGuard(List.of());

        for (String address : List.of(
                "8.8.8.8",
                "100.63.255.255",
                "172.32.0.1",
                "192.169.0.1",
                "223.255.255.254",
                "2606:4700::1111",
                "2a00:1450::1",
                "64:ff9b::8.8.8.8",
                "::ffff:8.8.8.8")) {
            assertThat(guard.resolve(address, 443)).hasSize(1);
        }
    }

    @Test
    void aNameThatChangesItsAddressIsConnectedToAtTheAddressThatWasChecked() {
        sink.behave((request, id, attempt) -> ChaosSink.status(request, 204));
        AtomicInteger lookups = new AtomicInteger();
        NetworkGuard guard = new NetworkGuard(List.of("127.0.0.1/32"), name -> {
            assertThat(name).isEqualTo("rebinding.example");
            return new InetAddress[] {InetAddress.ofLiteral("127.0.0." + lookups.incrementAndGet())};
        });
        String url = "http://rebinding.example:" + port + "/";

        assertThat(status(send(guard, url))).isEqualTo(204); // nobody else could have looked it up
        assertThat(send(guard, url)).isInstanceOf(Transport.Result.Failed.class); // it is at 127.0.0.2 now
        assertThat(lookups).hasValue(2);
    }

    @Test
    void ofSeveralAddressesOnlyThoseThatAreAllowedAreUsed() throws IOException {
        NetworkGuard guard = new NetworkGuard(List.of(), name ->
                new InetAddress[] {InetAddress.ofLiteral("10.0.0.1"), InetAddress.ofLiteral("8.8.8.8")});

        assertThat(guard.resolve("both.example", 443)).containsExactly(InetAddress.ofLiteral("8.8.8.8"));
        assertThatThrownBy(() -> new NetworkGuard(List.of()).resolve("10.0.0.1", 443))
                .hasMessageContaining("delivery.allowed-networks");
    }

    @Test
    void aRedirectIsNotFollowed() {
        sink.behave((request, id, attempt) -> {
            assertThat(request.path()).isEqualTo("/hook");
            request.response()
                    .setStatusCode(307)
                    .putHeader("Location", "http://127.0.0.1:" + port + "/inside")
                    .end();
        });
        int before = sink.requests();

        assertThat(status(send(new NetworkGuard(List.of("127.0.0.1/32")), sink.url())))
                .isEqualTo(307);
        assertThat(sink.requests()).isEqualTo(before + 1);
    }

    @Test
    void aRequestThatMayNotGoAnyMoreWhenItIsItsTurnIsWithheld() throws Exception {
        int before = sink.requests();
        try (Transport transport = transport(new NetworkGuard(List.of("127.0.0.1/32")))) {
            CompletableFuture<Transport.Result> answer = new CompletableFuture<>();
            vertx.runOnContext(v -> {
                transport.attach();
                transport.sendAll(
                        List.of(HttpRequest.postJson(URI.create(sink.url()), new byte[0])),
                        request -> request,
                        request -> () -> false,
                        (request, result) -> answer.complete(result));
            });

            assertThat(answer.get(60, TimeUnit.SECONDS)).isInstanceOf(Transport.Result.Withheld.class);
        }
        assertThat(sink.requests()).isEqualTo(before);
    }

    private static int status(Transport.Result result) {
        return ((Transport.Result.Answered) result).response().status();
    }

    private Transport transport(NetworkGuard guard) {
        return new Transport(vertx, Pipeline.QUICK, guard, "w/d", state -> {});
    }

    private Transport.Result send(NetworkGuard guard, String url) {
        try (Transport transport = transport(guard)) {
            return send(transport, url);
        }
    }

    private Transport.Result send(Transport transport, String url) {
        byte[] body = "{\"messageId\":\"m1\"}".getBytes(StandardCharsets.UTF_8);
        CompletableFuture<Transport.Result> answer = new CompletableFuture<>();
        vertx.runOnContext(v -> {
            transport.attach();
            transport.sendDirectly(HttpRequest.postJson(URI.create(url), body), answer::complete);
        });
        try {
            return answer.get(60, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }
}
