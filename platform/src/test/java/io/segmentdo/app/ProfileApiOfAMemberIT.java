package io.segmentdo.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.segmentdo.FreePort;
import io.segmentdo.store.PostgresConfig;
import io.segmentdo.store.postgres.RealPostgres;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * At a member of a cluster that owns nothing: every question and every order has to find the other one. There is one
 * partition, so that there is such a member.
 */
class ProfileApiOfAMemberIT extends ProfileApiContract {
    private final PostgresConfig database = RealPostgres.shared().config();

    @Override
    String store() {
        return """
                store:
                  engine: postgres
                  partitions: 1
                  postgres: {port: %d, database: postgres, user: postgres, password: postgres, schema: %s}
                """.formatted(database.port(), database.schema());
    }

    /** Two members that share the tables, too. */
    @Override
    List<Node> start(Path home, String workspace, String platform) throws Exception {
        List<Integer> ports = FreePort.find(4);
        List<Node> nodes = new ArrayList<>();
        for (int member = 0; member < 2; member++) {
            String cluster = """
                    cluster:
                      enabled: true
                      secret: a-secret-for-this-test
                      port: %d
                      bus-port: %d
                      members: ["127.0.0.1:%d"]
                      heartbeat-timeout: 1m
                    """.formatted(ports.get(member), ports.get(2 + member), ports.getFirst());
            String tables = "warehouse: {location: \"file://%s\", catalog: {uri: \"jdbc:sqlite:%s\"}, "
                    .formatted(home.resolve("tables"), home.resolve("catalog.db"));
            String shared = platform.replace("warehouse: {", tables);
            nodes.add(super.start(home.resolve("member" + member), workspace, cluster + shared)
                    .getFirst());
        }
        long deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(2);
        while (nodes.stream().mapToDouble(ProfileApiOfAMemberIT::owned).sum() != 1) {
            assertThat(System.nanoTime()).as("the partition has an owner").isLessThan(deadline);
            TimeUnit.MILLISECONDS.sleep(20);
        }
        nodes.sort(Comparator.comparingDouble(ProfileApiOfAMemberIT::owned));
        return nodes;
    }

    private static double owned(Node node) {
        return node.meters().get("segmentdo.partitions.owned").gauge().value();
    }
}
