package io.segmentdo.store.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.segmentdo.config.Secret;
import io.segmentdo.store.PostgresConfig;
import io.segmentdo.store.StoreConfig;
import io.vertx.core.Vertx;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PostgresCheckTest {
    private static final int PARTITIONS = 4;

    private final RealPostgres postgres = RealPostgres.shared();
    private final PostgresConfig database = postgres.config();
    private final Vertx vertx = Vertx.vertx();

    @AfterEach
    void close() {
        vertx.close().await();
    }

    @Test
    void aDatabaseWithoutTheSchemaIsReadyForOne() throws Exception {
        assertThat(bad(database)).isEmpty();
        assertThat(all(database)).contains("PostgreSQL 18", "is not there yet and will be made", "answers after");
        assertThat(postgres.sql("SELECT to_regnamespace('" + database.schema() + "')::text"))
                .as("what looking has made")
                .isEqualTo("null");
    }

    @Test
    void aStoreInUseIsFine() throws Exception {
        try (PostgresPartitionStore ignored = open()) {
            assertThat(bad(database)).isEmpty();
            assertThat(all(database)).contains("is at version 1", "4 partitions and 1 living members");
        }
    }

    @Test
    void anotherNumberOfPartitionsIsFoundBeforeTheStart() throws Exception {
        open().close();

        assertThat(new PostgresCheck(database, 8).findings())
                .filteredOn(found -> !found.isGood())
                .singleElement()
                .satisfies(
                        found -> assertThat(found.text()).contains("has 4 partitions", "store.partitions, which is 8"));
    }

    @Test
    void aRoleWithoutRightsIsToldWhatToGrant() throws Exception {
        open().close();
        String role = "reader_of_" + database.schema();
        postgres.sql("CREATE ROLE " + role + " LOGIN PASSWORD 'p'");
        PostgresConfig reader = as(role, "p");

        assertThat(bad(reader)).singleElement().asString().contains("GRANT USAGE, CREATE ON SCHEMA", role);

        postgres.sql("GRANT USAGE ON SCHEMA " + database.schema() + " TO " + role);
        postgres.sql("GRANT SELECT ON ALL TABLES IN SCHEMA " + database.schema() + " TO " + role);
        assertThat(bad(reader)).singleElement().asString().contains("ownership", "GRANT ALL ON ALL TABLES");
    }

    @Test
    void aStoreOfANewerProgramIsLeftAlone() throws Exception {
        open().close();
        postgres.sql("INSERT INTO " + database.schema() + ".migration VALUES (99, 'of-tomorrow')");

        assertThat(bad(database)).singleElement().asString().contains("version 99", "newer");
    }

    @Test
    void aDatabaseThatDoesNotAnswerIsSaidSo() throws Exception {
        int port;
        try (ServerSocket closed = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = closed.getLocalPort();
        }
        PostgresConfig away = RealPostgres.at(database, port, database.lease(), database.patience());

        assertThat(bad(away)).singleElement().asString().contains("127.0.0.1:" + port, "cannot be used", "refused");
    }

    private PostgresPartitionStore open() {
        return PostgresPartitionStore.open(
                vertx, StoreConfig.DEFAULT.withPartitions(PARTITIONS).on(database), new SimpleMeterRegistry());
    }

    private PostgresConfig as(String user, String password) {
        return new PostgresConfig(
                database.host(),
                database.port(),
                database.database(),
                user,
                new Secret(password),
                database.schema(),
                database.poolSize(),
                database.sslMode(),
                database.sslCertificateAuthority(),
                database.lease(),
                database.patience(),
                database.requestTimeout());
    }

    private static List<String> bad(PostgresConfig config) throws InterruptedException {
        return new PostgresCheck(config, PARTITIONS)
                .findings().stream()
                        .filter(found -> !found.isGood())
                        .map(PostgresCheck.Found::text)
                        .toList();
    }

    private static String all(PostgresConfig config) throws InterruptedException {
        return new PostgresCheck(config, PARTITIONS)
                .findings().stream().map(PostgresCheck.Found::text).collect(Collectors.joining("\n"));
    }
}
