package io.segmentdo.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.segmentdo.FreePort;
import io.segmentdo.config.Secret;
import io.segmentdo.event.Event;
import io.segmentdo.event.EventType;
import io.segmentdo.event.Utf8Json;
import io.segmentdo.identity.Partitions;
import io.segmentdo.store.PostgresConfig;
import io.segmentdo.store.postgres.RealPostgres;
import io.segmentdo.warehouse.LyingRows;
import io.segmentdo.warehouse.files.S3Files;
import io.segmentdo.warehouse.files.S3Server;
import io.segmentdo.warehouse.table.CatalogConfig;
import io.segmentdo.warehouse.table.Tables;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.iceberg.io.FileInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two members on PostgreSQL and one bucket, which load nothing before they are told to: who is erased by one of them is in no
 * table, no file and no copy of either, though the other one stands still meanwhile and goes on afterwards, or the first one
 * is killed.
 */
class ErasureOnAClusterIT {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration PATIENCE = Duration.ofMinutes(4);
    private static final int PARTITIONS = 4;
    /** How many events somebody sends each time. */
    private static final int SAID = 2 * PARTITIONS;

    private static final String LOCATION = "s3://lake/wh";

    /** How long the one that is killed has been at it; somewhere in it, mostly. */
    private static final long KILLED_AFTER_MILLIS = 300;

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    Path home;

    private final RealPostgres postgres = RealPostgres.shared();
    private final PostgresConfig database = postgres.config();
    private final List<Integer> ports = FreePort.find(4);

    @Test
    void whoIsErasedIsGoneFromAllMembersAndDoesNotComeBack() throws Exception {
        try (S3Server bucket = S3Server.start(Files.createDirectories(home.resolve("s3")));
                ClusterMember a = member("a", 0, bucket.endpoint());
                ClusterMember b = member("b", 1, bucket.endpoint());
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<?> first = threads.submit(() -> start(a));
            start(b);
            first.get();
            await("both have their share", () -> a.owned() == 2 && b.owned() == 2);
            Scene scene = new Scene(bucket, a, b);
            scene.eraseWhileOneStandsStill();
            scene.eraseThoughOneIsKilled(threads);
        }
    }

    private static Void start(ClusterMember member) throws Exception {
        member.start();
        return null;
    }

    private final class Scene {
        private final S3Server bucket;
        private final ClusterMember a;
        private final ClusterMember b;
        private int spoken;

        Scene(S3Server bucket, ClusterMember a, ClusterMember b) {
            this.bucket = bucket;
            this.a = a;
            this.b = b;
        }

        void eraseWhileOneStandsStill() throws Exception {
            speak("zoe");
            speak("ann");
            assertThat(count(a, "SELECT count(*) AS n FROM events")).isEqualTo(2 * SAID);
            assertThat(count(b, "SELECT count(*) AS n FROM users")).isEqualTo(2);
            assertThat(copies("a")).isNotEmpty();
            assertThat(copies("b")).isNotEmpty();
            speak("ann"); // which nobody has loaded
            String id = delete("ann");

            b.freeze();
            List<JsonNode> receipts = erase(a, id);
            b.thaw();

            JsonNode receipt = receipts.getLast();
            if (receipts.size() == 1) { // otherwise others have removed rows before
                assertThat(rows(receipt)).as(receipt.toString()).isEqualTo(2 * SAID);
            }
            assertThat(receipt.path("profiles")).hasSizeGreaterThanOrEqualTo(PARTITIONS);
            await("b has its share again", () -> a.owned() == 2 && b.owned() == 2);
            speak("bob");
            assertThat(count(b, "SELECT count(*) AS n FROM events")).isEqualTo(2 * SAID);
            assertThat(count(a, "SELECT count(*) AS n FROM users")).isEqualTo(2);
            assertNothingIsLeft(receipt);

            assertThat(rows(erase(b, id).getLast())).isZero();
            assertThat(copies("a")).isSubsetOf(copiesOfObjects());
            assertThat(copies("b")).isSubsetOf(copiesOfObjects());
        }

        void eraseThoughOneIsKilled(ExecutorService threads) throws Exception {
            String id = delete("bob");
            Future<JsonNode> ended = threads.submit(() -> tryToErase(a, id));
            TimeUnit.MILLISECONDS.sleep(KILLED_AFTER_MILLIS);
            boolean hadEnded = ended.isDone();
            a.kill();
            System.out.println("erasure: had ended before the kill: " + hadEnded);
            await("b has taken over", () -> b.owned() == PARTITIONS);

            assertNothingIsLeft(erase(b, id).getLast());
            assertThat(count(b, "SELECT count(*) AS n FROM events")).isEqualTo(SAID);
        }

        /** Each partition gets an event of one of somebody's devices, and then all of these are one person. */
        private void speak(String user) throws Exception {
            for (String type : List.of("track", "identify")) {
                for (int partition = 0; partition < PARTITIONS; partition++) {
                    String said = type.equals("track")
                            ? "\"event\":\"Seen\""
                            : "\"userId\":\"" + user + "\",\"traits\":{\"plan\":\"pro\"}";
                    String body = "{\"writeKey\":\"%s\",\"messageId\":\"m%d\",\"anonymousId\":\"%s\",%s}"
                            .formatted(ClusterLoad.WRITE_KEY, spoken, deviceOf(partition, user), said);
                    await(
                            "it is accepted",
                            () -> a.post("/v1/" + type, "", body).contains("success"));
                    spoken++;
                }
                await("what was said is in the outboxes", this::isIdentified);
            }
            await(user + " is one", () -> profile(user).path("identifiers").size() == PARTITIONS + 1);
        }

        private boolean isIdentified() throws SQLException {
            String events =
                    postgres.sql("SELECT count(*) FROM " + database.schema() + ".outbox WHERE get_byte(value, 0) = 1");
            return Integer.parseInt(events) == spoken;
        }

        private JsonNode profile(String user) throws Exception {
            return JSON.readTree(a.get("/v1/workspaces/shop/profiles/user_id:" + user, a.token()));
        }

        private String delete(String user) throws Exception {
            List<String> ids = new ArrayList<>();
            await(
                    "who is " + user,
                    () -> ids.add(profile(user).path("id").asText())
                            && !ids.getLast().isEmpty());
            String path = "/v1/workspaces/shop/profiles/user_id:" + user;
            await(user + " is deleted", () -> a.delete(path, a.token()).contains("decided"));
            return ids.getLast();
        }

        /** The receipt, and before it what was answered by attempts that brought none. */
        private List<JsonNode> erase(ClusterMember member, String id) throws Exception {
            List<JsonNode> answers = new ArrayList<>();
            await("a receipt of the erasure", () -> {
                answers.add(JSON.missingNode());
                answers.set(answers.size() - 1, tryToErase(member, id));
                return answers.getLast().has("tables");
            });
            return answers;
        }

        private static int rows(JsonNode receipt) {
            return receipt.path("tables").path("events").path("rows").asInt(-1);
        }

        private JsonNode tryToErase(ClusterMember member, String id) throws Exception {
            String body = "{\"workspace\":\"shop\",\"profiles\":[\"" + id + "\"]}";
            return JSON.readTree(member.post("/v1/warehouse/erase", member.token(), body));
        }

        private int count(ClusterMember member, String sql) throws Exception {
            String body = "{\"workspace\":\"shop\",\"fresh\":true,\"sql\":\"" + sql + "\"}";
            List<JsonNode> answers = new ArrayList<>();
            await("an answer", () -> {
                answers.add(JSON.readTree(member.post("/v1/warehouse/query", member.token(), body)));
                return answers.getLast().has("rows");
            });
            return answers.getLast().path("rows").path(0).path("n").asInt(-1);
        }

        private void assertNothingIsLeft(JsonNode receipt) throws Exception {
            List<String> profiles = new ArrayList<>();
            receipt.path("profiles").forEach(profile -> profiles.add(profile.asText()));
            try (Tables tables = Tables.open(
                    catalog(),
                    home,
                    new S3Files(S3Server.config(bucket.endpoint(), 10), Clock.systemUTC()),
                    LOCATION)) {
                List<String> rows = LyingRows.of(tables, "shop");
                assertThat(rows).isNotEmpty();
                for (String row : rows) {
                    assertThat(row).doesNotContain(profiles);
                }
            }
        }

        /** The names that copies of all files in the bucket would have. */
        private Set<String> copiesOfObjects() throws Exception {
            Set<String> names = new HashSet<>();
            try (S3Files files = new S3Files(S3Server.config(bucket.endpoint(), 10), Clock.systemUTC())) {
                for (FileInfo file : files.listPrefix(LOCATION + "/")) {
                    byte[] digest = MessageDigest.getInstance("SHA-256")
                            .digest(file.location().getBytes(StandardCharsets.UTF_8));
                    names.add(HexFormat.of().formatHex(digest) + ".parquet");
                }
            }
            return names;
        }

        private Set<String> copies(String member) throws IOException {
            try (Stream<Path> files = Files.list(home.resolve(member).resolve("data/tmp/copies"))) {
                return new HashSet<>(
                        files.map(file -> file.getFileName().toString()).toList());
            }
        }
    }

    /** A device of somebody whose events are in this partition first. */
    private static String deviceOf(int partition, String user) {
        for (int i = 0; ; i++) {
            String device = user + "-" + i;
            Event event =
                    new Event(EventType.TRACK, "shop", "app", "m", null, device, null, null, 0, 0, Utf8Json.of("{}"));
            if (Partitions.of(event, PARTITIONS) == partition) {
                return device;
            }
        }
    }

    // ---- the members

    private CatalogConfig catalog() {
        return new CatalogConfig(
                URI.create("jdbc:postgresql://127.0.0.1:" + database.port() + "/postgres"),
                database.schema(),
                "postgres",
                new Secret("postgres"));
    }

    private ClusterMember member(String name, int number, URI bucket) throws IOException {
        String platform = """
                cluster:
                  enabled: true
                  secret: a-secret-for-this-test
                  host: 127.0.0.1
                  port: %d
                  bus-port: %d
                  members: ["127.0.0.1:%d"]
                store:
                  engine: postgres
                  partitions: %d
                  postgres: {port: %d, database: postgres, user: postgres, password: postgres, schema: %s}
                identity: {lanes: 1}
                http: {event-loops: 1}
                collect: {idle-timeout: 10m}
                warehouse:
                  location: %s
                  commit-interval: 1h
                  profiles-interval: 1h
                  catalog: {uri: "%s", name: %s, user: postgres, password: postgres}
                  s3: {endpoint: "%s", region: us-east-1, access-key-id: key, secret-access-key: secret}
                  query: {engines: {concurrent: 1, memory: 128MiB}}
                """.formatted(
                        ports.get(number),
                        ports.get(2 + number),
                        ports.getFirst(),
                        PARTITIONS,
                        database.port(),
                        database.schema(),
                        LOCATION,
                        catalog().uri(),
                        database.schema(),
                        bucket);
        String workspace = "sources:\n  - {id: app, kind: server, write-keys: [" + ClusterLoad.WRITE_KEY + "]}\n";
        return ClusterMember.in(home.resolve(name), ChildPlatform.Place.HERE, platform, workspace);
    }

    private static void await(String what, Callable<Boolean> condition) throws Exception {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!holds(condition)) {
            assertThat(System.nanoTime()).as(what).isLessThan(deadline);
            Thread.sleep(20);
        }
    }

    /** A member that is too busy to answer in time is asked again. */
    private static boolean holds(Callable<Boolean> condition) throws Exception {
        try {
            return condition.call();
        } catch (IOException e) {
            return false;
        }
    }
}
