package io.segmentdo.benchmarks;

import io.segmentdo.event.Event;
import io.segmentdo.event.EventType;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * A model of the usual design, as a yardstick: profiles and identifiers in two tables of a PostgreSQL, an event of known
 * identifiers one query, every other one a transaction.
 *
 * <p>Events are spread over connections by their user, so that no two wait for each other. Nothing is deduplicated and no
 * event is kept, which a real one would have to do as well. Confined to one thread.
 */
final class TwoTableModel implements AutoCloseable {
    private static final int CONNECTIONS = 8;
    private static final String TABLES = """
            CREATE TABLE profile (id bigserial PRIMARY KEY, traits jsonb NOT NULL DEFAULT '{}');
            CREATE TABLE identifier (type text, value text, profile bigint NOT NULL REFERENCES profile (id),
                PRIMARY KEY (type, value));
            CREATE INDEX identifier_profile ON identifier (profile);
            """;
    private static final String FIND =
            "SELECT profile FROM identifier WHERE (type, value) IN (('user', ?), ('device', ?), ('email', ?))";

    private final List<Connection> connections = new ArrayList<>();
    private final ExecutorService threads = Executors.newFixedThreadPool(CONNECTIONS);

    TwoTableModel(ScratchPostgres server) throws SQLException {
        for (int i = 0; i < CONNECTIONS; i++) {
            connections.add(server.connect());
        }
        execute(connections.getFirst(), TABLES);
    }

    /** Identifies all of these; returns how many in a second. */
    double apply(List<Event> events) throws InterruptedException, ExecutionException {
        List<List<Event>> shares = new ArrayList<>();
        connections.forEach(connection -> shares.add(new ArrayList<>()));
        events.forEach(event -> shares.get(
                        Math.floorMod(String.valueOf(event.userId()).hashCode(), CONNECTIONS))
                .add(event));
        List<Callable<Void>> tasks = new ArrayList<>();
        for (int i = 0; i < CONNECTIONS; i++) {
            Connection connection = connections.get(i);
            List<Event> share = shares.get(i);
            tasks.add(() -> {
                for (Event event : share) {
                    apply(connection, event);
                }
                return null;
            });
        }
        long start = System.nanoTime();
        for (Future<Void> done : threads.invokeAll(tasks)) {
            done.get();
        }
        return events.size() * 1e9 / (System.nanoTime() - start);
    }

    private static void apply(Connection connection, Event event) throws SQLException {
        boolean isIdentify = event.type() == EventType.IDENTIFY;
        String email = isIdentify ? IdentityEvents.email(String.valueOf(event.userId())) : "";
        List<Long> found = find(connection, FIND, event, email);
        boolean isKnown = found.size() == 2 && found.getFirst().equals(found.getLast());
        if (isKnown && !isIdentify) {
            return;
        }
        connection.setAutoCommit(false);
        TreeSet<Long> profiles = new TreeSet<>(find(connection, FIND + " FOR UPDATE", event, email));
        long profile = profiles.isEmpty() ? newProfile(connection) : profiles.removeFirst();
        for (long absorbed : profiles) {
            execute(connection, "UPDATE identifier SET profile = " + profile + " WHERE profile = " + absorbed);
            execute(
                    connection,
                    "UPDATE profile SET traits = (SELECT traits FROM profile WHERE id = " + absorbed
                            + ") || traits WHERE id = " + profile);
            execute(connection, "DELETE FROM profile WHERE id = " + absorbed);
        }
        link(connection, profile, "user", String.valueOf(event.userId()));
        link(connection, profile, "device", String.valueOf(event.anonymousId()));
        if (isIdentify) {
            link(connection, profile, "email", email);
            addTraits(connection, profile, event);
        }
        connection.commit();
        connection.setAutoCommit(true);
    }

    private static List<Long> find(Connection connection, String query, Event event, String email) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(query)) {
            statement.setString(1, event.userId());
            statement.setString(2, event.anonymousId());
            statement.setString(3, email);
            try (ResultSet rows = statement.executeQuery()) {
                List<Long> found = new ArrayList<>();
                while (rows.next()) {
                    found.add(rows.getLong(1));
                }
                return found;
            }
        }
    }

    private static long newProfile(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("INSERT INTO profile DEFAULT VALUES RETURNING id")) {
            row.next();
            return row.getLong(1);
        }
    }

    private static void link(Connection connection, long profile, String type, String value) throws SQLException {
        try (PreparedStatement statement =
                connection.prepareStatement("INSERT INTO identifier VALUES (?, ?, ?) ON CONFLICT DO NOTHING")) {
            statement.setString(1, type);
            statement.setString(2, value);
            statement.setLong(3, profile);
            statement.executeUpdate();
        }
    }

    private static void addTraits(Connection connection, long profile, Event event) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(
                "UPDATE profile SET traits = traits || (?::jsonb -> 'traits') WHERE id = ?")) {
            statement.setString(1, event.json().toString());
            statement.setLong(2, profile);
            statement.executeUpdate();
        }
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    @Override
    public void close() throws SQLException {
        threads.shutdown();
        for (Connection connection : connections) {
            connection.close();
        }
    }
}
