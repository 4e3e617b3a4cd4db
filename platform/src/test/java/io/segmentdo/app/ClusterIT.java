package io.segmentdo.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.segmentdo.FreePort;
import io.segmentdo.app.ClusterAccount.Happening;
import io.segmentdo.app.ClusterNetwork.Net;
import io.segmentdo.store.PostgresConfig;
import io.segmentdo.store.postgres.CuttingProxy;
import io.segmentdo.store.postgres.RealPostgres;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * Three members on PostgreSQL under load, while one of them joins, is killed, is cut off, stands still for longer than the
 * others wait, and leaves: nothing that was acknowledged is lost, nothing is twice in an outbox, every user's events keep
 * their order.
 *
 * <p>Prints how long partitions stood still. {@code -Dcluster.rounds=n} lets everything happen n times.
 */
class ClusterIT {
    private static final int PARTITIONS = 12;
    private static final int ROUNDS = Integer.getInteger("cluster.rounds", 1);
    private static final Duration PATIENCE = Duration.ofMinutes(4);
    private static final Duration FROZEN = Duration.ofSeconds(8);
    private static final String THIRD = "c";
    private static final String LOST = "segmentdo_partitions_moves_total{direction=\"lost\"}";
    private static final String REFUSED = "/refused";
    private static final String DEAD_LETTERS = "/v1/workspaces/shop/destinations/refusing/dead-letters";

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    Path home;

    private final RealPostgres postgres = RealPostgres.shared();
    private final PostgresConfig database = postgres.config();
    private final ClusterLoad load = new ClusterLoad(PARTITIONS);
    private final List<Happening> happenings = new ArrayList<>();

    @Test
    void nothingIsLostDoubledOrOvertakenWhateverHappensToAMember() throws Exception {
        try (ClusterNetwork network = ClusterNetwork.open();
                RecordingSink sink = RecordingSink.at(network.outside(Net.SERVICES));
                CuttingProxy way = new CuttingProxy(network.outside(Net.SERVICES), database.port())) {
            Setting setting = new Setting(network, database, way.port(), sink.port());
            try (ClusterMember a = setting.member("a", 0);
                    ClusterMember b = setting.member("b", 1);
                    ClusterMember c = setting.member(THIRD, 2)) {
                Scene scene = new Scene(network, sink, a, b, c);
                scene.begin();
                for (int round = 0; round < ROUNDS; round++) {
                    scene.crash();
                    scene.cutOff();
                    scene.split();
                    scene.hang();
                    scene.leave();
                }
                scene.end();
            }
            ClusterAccount.checkArrivals(sink.arrivals());
            ClusterAccount.checkOutboxes(database, PARTITIONS, load.acknowledged(), happenings);
        }
    }

    /** Everything that may happen to the third member; it is there before and after each. */
    private final class Scene {
        private final ClusterNetwork network;
        private final RecordingSink sink;
        private final ClusterMember a;
        private final ClusterMember b;
        private final ClusterMember c;

        Scene(ClusterNetwork network, RecordingSink sink, ClusterMember a, ClusterMember b, ClusterMember c) {
            this.network = network;
            this.sink = sink;
            this.a = a;
            this.b = b;
            this.c = c;
        }

        void begin() throws Exception {
            a.start();
            b.start();
            await("a and b share the partitions", () -> a.owned() == PARTITIONS / 2 && b.owned() == PARTITIONS / 2);
            load.start("a", a, PARTITIONS);
            load.start("b", b, PARTITIONS);
            await("events arrive", () -> sink.arrivals().size() > 200);
            c.start();
            await("c has its share", this::isWhole);
            load.start(THIRD, c, PARTITIONS / 2);
            showsTheCluster(c);
            answersForAll();
        }

        /** Whatever member is asked, it lists and replays what was given up by all. */
        private void answersForAll() throws Exception {
            sink.answerWith(request -> request.response()
                    .setStatusCode(request.path().equals(REFUSED) ? 400 : 200)
                    .end());
            for (int user = 0; user < PARTITIONS; user++) {
                c.post(
                        "/v1/identify",
                        "",
                        "{\"writeKey\":\"%s\",\"userId\":\"refused-%d\"}".formatted(ClusterLoad.WRITE_KEY, user));
            }
            await("a lists them", () -> deadLetters(a) == PARTITIONS);

            List<JsonNode> answers = new ArrayList<>();
            await("b replays them, and says so if a member was too busy to answer", () -> {
                answers.add(new ObjectMapper().readTree(b.post(DEAD_LETTERS + "/replay", b.token(), "{\"all\":true}")));
                return answers.getLast().has("replayed");
            });
            if (answers.size() == 1) {
                assertThat(answers.getFirst().path("replayed").asInt()).isEqualTo(PARTITIONS);
            }
            await("they are refused again", () -> deadLetters(c) == PARTITIONS);
        }

        private static int deadLetters(ClusterMember member) throws Exception {
            JsonNode shown = new ObjectMapper().readTree(member.get(DEAD_LETTERS, member.token()));
            return shown.path("deadLetters").size();
        }

        void crash() throws Exception {
            settle();
            happens("crash", c::kill, this::isTakenOver);
            settleOthers();
            happens("join", c::start, this::isWhole);
        }

        void cutOff() throws Exception {
            if (!canCut()) {
                return;
            }
            settle();
            happens(
                    "cut",
                    () -> {
                        for (Net net : Net.values()) {
                            network.cut(net);
                        }
                    },
                    this::isTakenOver);
            settleOthers();
            happens(
                    "heal",
                    () -> {
                        for (Net net : Net.values()) {
                            network.heal(net);
                        }
                    },
                    this::isWhole);
        }

        /**
         * The members do not see each other, and all see the database: each side believes that it should own everything,
         * and nobody gets what another has. What came in on the wrong side waits until they are one again.
         */
        void split() throws Exception {
            if (!canCut()) {
                return;
            }
            settle();
            double lost = lost();
            String owners = owners();
            happens("split", () -> network.cut(Net.MEMBERS), this::isSplit);
            String ownersInTwo = owners();
            happens("merge", () -> network.heal(Net.MEMBERS), this::isOne);
            settle();
            if (lost() == lost) {
                assertThat(ownersInTwo)
                        .as("who owns which partition at which epoch")
                        .isEqualTo(owners);
            } else {
                System.out.println("cluster: a member was too busy to keep its lease while the cluster was split");
            }
        }

        private double lost() throws InterruptedException {
            return a.meter(LOST) + b.meter(LOST) + c.meter(LOST);
        }

        private String owners() throws Exception {
            return postgres.sql(
                    "SELECT string_agg(concat_ws(' ', partition, owner, epoch), ',' ORDER BY partition) FROM "
                            + database.schema() + ".ownership");
        }

        private boolean canCut() {
            if (!network.reason().isEmpty()) {
                System.out.println(
                        "cluster: cutting a member off is skipped, no network namespace: " + network.reason());
            }
            return network.reason().isEmpty();
        }

        private boolean isSplit() throws InterruptedException {
            return a.wanted() + b.wanted() == PARTITIONS && c.wanted() == PARTITIONS;
        }

        private boolean isOne() throws InterruptedException {
            int share = PARTITIONS / 3;
            return a.wanted() == share && b.wanted() == share && c.wanted() == share && isWhole();
        }

        void hang() throws Exception {
            settle();
            double lost = c.meter(LOST);
            long frozen = System.nanoTime();
            happens("hang", c::freeze, this::isTakenOver);
            settleOthers();
            await("c stood still for long", () -> System.nanoTime() - frozen > FROZEN.toNanos());
            long repeats = repeats();
            happens("thaw", c::thaw, this::isWhole);
            await("c has stepped down", () -> c.meter(LOST) >= lost + PARTITIONS / 3);
            settle();
            System.out.printf("cluster: since the thaw %d events arrived again%n", repeats() - repeats);
        }

        private long repeats() {
            List<JsonNode> arrivals = sink.arrivals();
            return arrivals.size()
                    - arrivals.stream()
                            .map(event -> event.path("messageId"))
                            .distinct()
                            .count();
        }

        void leave() throws Exception {
            settle();
            happens("leave", c::leave, this::isTakenOver);
            c.start();
            await("c is back after it left", this::isWhole);
        }

        void end() throws Exception {
            load.end(PATIENCE);
            settle();
            for (ClusterMember member : List.of(a, b, c)) {
                await(
                        "the books balance",
                        () -> member.meter("segmentdo_ledger_imbalance_events{account=\"intake\"}") == 0);
            }
            for (ClusterMember member : List.of(c, b, a)) {
                member.leave();
                System.out.println(
                        "cluster: the longest time in ms that a partition which was handed over had no owner,"
                                + " each time: " + member.ownerlessMillisMax());
            }
        }

        /** Does something, and waits until its consequences are over. */
        private void happens(String what, Act act, Condition isOver) throws Exception {
            long from = System.currentTimeMillis();
            act.run();
            await("after " + what, isOver);
            long until = System.currentTimeMillis();
            happenings.add(new Happening(what, from, until));
            System.out.printf("cluster: %s took %d ms%n", what, until - from);
        }

        private boolean isWhole() throws InterruptedException {
            int share = PARTITIONS / 3;
            return c.owned() == share && a.owned() == share && b.owned() == share;
        }

        private boolean isTakenOver() throws InterruptedException {
            return a.owned() + b.owned() == PARTITIONS;
        }

        /** Lets what was accepted until now arrive. */
        private void settle() throws InterruptedException {
            arrives(load.acknowledged());
        }

        /** The same without what the third member has in its spool. */
        private void settleOthers() throws InterruptedException {
            arrives(load.acknowledgedBut(THIRD));
        }

        private void arrives(Set<String> messageIds) throws InterruptedException {
            assertThat(sink.awaitMessageIds(messageIds, PATIENCE))
                    .as("acknowledged and not delivered")
                    .isEmpty();
        }
    }

    // ---- the members

    private final class Setting {
        private final ClusterNetwork network;
        private final PostgresConfig database;
        private final int wayPort;
        private final int sinkPort;
        private final List<Integer> ports = FreePort.find(6);

        Setting(ClusterNetwork network, PostgresConfig database, int wayPort, int sinkPort) throws IOException {
            this.network = network;
            this.database = database;
            this.wayPort = wayPort;
            this.sinkPort = sinkPort;
        }

        /** The third one is where it can be cut off, and has its own way to the database. */
        ClusterMember member(String name, int number) throws IOException {
            boolean isThird = name.equals(THIRD);
            String outside = network.outside(Net.MEMBERS);
            String services = network.outside(Net.SERVICES);
            String platform = """
                    cluster:
                      enabled: true
                      secret: a-secret-for-this-test
                      host: %s
                      port: %d
                      bus-port: %d
                      members: ["%s:%d", "%s:%d"]
                    store:
                      engine: postgres
                      partitions: %d
                      postgres: {host: %s, port: %d, database: postgres, user: postgres, password: postgres, schema: %s}
                    identity: {lanes: 1}
                    http: {event-loops: 1}
                    delivery: {allowed-networks: ["%s/32"]}
                    """.formatted(
                            isThird ? network.inside(Net.MEMBERS) : outside,
                            ports.get(number),
                            ports.get(3 + number),
                            outside,
                            ports.get(0),
                            outside,
                            ports.get(1),
                            PARTITIONS,
                            isThird ? services : "127.0.0.1",
                            isThird ? wayPort : database.port(),
                            database.schema(),
                            services);
            String workspace = """
                    sources:
                      - {id: app, kind: server, write-keys: [%1$s]}
                    destinations:
                      - id: sink
                        plugin: webhook
                        ordered: true
                        settings: {url: "http://%2$s:%3$d/"}
                        connections: [{source: app, subscriptions: [{trigger: 'type = "track"'}]}]
                      - id: refusing
                        plugin: webhook
                        settings: {url: "http://%2$s:%3$d%4$s"}
                        connections: [{source: app, subscriptions: [{trigger: 'type = "identify"'}]}]
                    """.formatted(ClusterLoad.WRITE_KEY, services, sinkPort, REFUSED);
            ChildPlatform.Place place = isThird
                    ? new ChildPlatform.Place(network.inside(Net.SERVICES), network.prefix())
                    : ChildPlatform.Place.HERE;
            return ClusterMember.in(home.resolve(name), place, platform, workspace);
        }
    }

    private static void showsTheCluster(ClusterMember member) throws Exception {
        ObjectMapper mapper = new ObjectMapper();
        JsonNode shown = mapper.readTree(member.get("/v1/cluster", member.token()));

        assertThat(shown.path("members")).hasSize(3);
        assertThat(shown.path("owners")).hasSize(PARTITIONS);
        assertThat(shown.path("held")).hasSize(PARTITIONS / 3);
        JsonNode refused = mapper.readTree(member.get("/v1/cluster", "guessed"));
        assertThat(refused.path("error").path("code").asText()).isEqualTo("unauthorized");
    }

    // ---- time

    private interface Act {
        void run() throws Exception;
    }

    private interface Condition {
        boolean holds() throws Exception;
    }

    private static void await(String what, Condition condition) throws Exception {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!holds(condition)) {
            assertThat(System.nanoTime()).as(what).isLessThan(deadline);
            Thread.sleep(20);
        }
    }

    /** A member that is too busy to answer in time is asked again. */
    private static boolean holds(Condition condition) throws Exception {
        try {
            return condition.holds();
        } catch (IOException e) {
            return false;
        }
    }
}
