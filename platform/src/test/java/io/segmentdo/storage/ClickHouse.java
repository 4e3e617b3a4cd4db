package io.segmentdo.storage;

import static io.segmentdo.storage.StorageEvents.object;
import static io.segmentdo.storage.StorageEvents.text;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A server with the HTTP interface of ClickHouse: a real one where the property {@code clickhouse.url} names it. */
final class ClickHouse implements AutoCloseable {
    private final @Nullable ClickHouseStub stub;
    private final String url;
    private final HttpClient http = HttpClient.newHttpClient();

    private ClickHouse(@Nullable ClickHouseStub stub, String url) {
        this.stub = stub;
        this.url = url;
    }

    static ClickHouse open() {
        String real = System.getProperty("clickhouse.url");
        if (real != null) {
            return new ClickHouse(null, real);
        }
        ClickHouseStub stub = new ClickHouseStub();
        return new ClickHouse(stub, stub.url());
    }

    String url() {
        return url;
    }

    void drop(String... tables) {
        for (String table : tables) {
            run("DROP TABLE IF EXISTS `default`.`" + table + "`");
        }
    }

    void dropColumn(String table, String column) {
        run("ALTER TABLE `default`.`" + table + "` DROP COLUMN `" + column + "`");
    }

    void make(String table, String columns) {
        run("CREATE TABLE IF NOT EXISTS `default`.`" + table + "` (" + columns
                + ") ENGINE = ReplacingMergeTree ORDER BY `id`");
    }

    /** What is in a table, by id. */
    @SuppressWarnings("unchecked") // rows are objects
    List<Map<String, Object>> rows(String table) {
        return run("SELECT * FROM `default`.`" + table + "` FINAL ORDER BY id FORMAT JSONEachRow")
                .lines()
                .map(line -> (Map<String, Object>) object(line.getBytes(StandardCharsets.UTF_8)))
                .toList();
    }

    /** Returns when what was deleted is gone. */
    void awaitMutations() {
        for (String table : List.of("tracks", "order_completed")) {
            run("ALTER TABLE `default`.`" + table + "` DELETE WHERE 0 SETTINGS mutations_sync = 2");
        }
    }

    private String run(String sql) {
        try {
            HttpResponse<byte[]> answer = http.send(
                    HttpRequest.newBuilder(URI.create(url + "/"))
                            .timeout(Duration.ofSeconds(30))
                            .POST(HttpRequest.BodyPublishers.ofString(sql))
                            .build(),
                    HttpResponse.BodyHandlers.ofByteArray());
            if (answer.statusCode() != 200) {
                throw new IllegalStateException(sql + ": " + text(answer.body()));
            }
            return text(answer.body());
        } catch (IOException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        http.close();
        if (stub != null) {
            stub.close();
        }
    }
}
