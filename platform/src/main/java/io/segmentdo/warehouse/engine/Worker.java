package io.segmentdo.warehouse.engine;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.duckdb.DuckDBConnection;
import org.jspecify.annotations.Nullable;

/**
 * Does the tasks of an engine. An instance of DuckDB is kept for the next query over the same data, unless a query failed in
 * it; when there is no such instance, an open one stands ready.
 *
 * <p>Confined to the main thread, but for {@link #cancel}.
 */
final class Worker {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Frames frames;
    private final Path spill;
    private @Nullable Analyst analyst;
    private @Nullable DuckDBConnection spare;
    private @Nullable Instance warm;
    private final AtomicReference<@Nullable Statement> running = new AtomicReference<>();
    private volatile boolean cancelled;

    Worker(Frames frames, Path spill) {
        this.frames = frames;
        this.spill = spill;
    }

    /** Loads the library and opens the first instance. */
    void prepare() throws SQLException {
        if (analyst == null) {
            analyst = new Analyst();
        }
        if (spare == null) {
            spare = Sandbox.open();
        }
    }

    /** Ends what runs. Any thread. */
    void cancel() {
        cancelled = true;
        Statement statement = running.get();
        if (statement != null) {
            try {
                statement.cancel();
            } catch (SQLException e) {
                // it has just ended by itself
            }
        }
    }

    /** Does one task and tells how it ended. */
    void work(Frames.Frame task) throws IOException, SQLException {
        cancelled = false;
        String sql = "";
        try {
            prepare();
            switch (task.kind()) {
                case Frames.ANALYSE -> {
                    Ask.Analyse ask = task.as(Ask.Analyse.class);
                    sql = ask.sql();
                    analyse(ask);
                }
                case Frames.RUN -> {
                    Ask.Run ask = task.as(Ask.Run.class);
                    sql = ask.sql();
                    run(ask);
                }
                case Frames.COPY -> {
                    Ask.Copy ask = task.as(Ask.Copy.class);
                    sql = ask.sql();
                    copy(ask);
                }
                default -> throw new IOException("a frame of kind " + task.kind());
            }
        } catch (QueryException e) {
            frames.write(Frames.FAILURE, new Refusal(e.reason(), String.valueOf(e.getMessage()), e.offset()));
        } catch (SQLException e) {
            frames.write(Frames.FAILURE, refusal(sql, e));
        }
        prepare();
    }

    private void analyse(Ask.Analyse ask) throws SQLException, IOException {
        if (analyst != null) {
            frames.write(Frames.ANALYSIS, analyst.analyse(ask.sql()));
        }
    }

    private DuckDBConnection take() throws SQLException {
        DuckDBConnection connection = spare == null ? Sandbox.open() : spare;
        spare = null;
        return connection;
    }

    private Instance instance(Ask.Run ask) throws SQLException {
        Instance kept = warm;
        warm = null; // until all went well
        if (kept != null) {
            if (kept.fits(ask.dataset(), ask.limits())) {
                return kept;
            }
            kept.close();
        }
        return Instance.reading(take(), ask.dataset(), ask.limits(), spill);
    }

    private void run(Ask.Run ask) throws SQLException, IOException {
        Instance instance = instance(ask);
        boolean sound = false;
        try {
            run(ask, instance);
            sound = true;
        } catch (SQLException e) {
            sound = refusal(ask.sql(), e).reason() == Reason.MEANING;
            throw e;
        } finally {
            if (sound) {
                warm = instance;
            } else {
                instance.close();
            }
        }
    }

    private void run(Ask.Run ask, Instance instance) throws SQLException, IOException {
        try (Connection connection = instance.connect(ask.dataset());
                Statement statement = connection.createStatement()) {
            start(statement);
            try (ResultSet result = statement.executeQuery(ask.sql())) {
                frames.write(Frames.END, send(result, ask));
            } finally {
                running.set(null);
            }
        }
    }

    private void start(Statement statement) throws SQLException {
        running.set(statement);
        if (cancelled) {
            running.set(null);
            throw new SQLException("INTERRUPT Error: Interrupted!");
        }
    }

    private Summary send(ResultSet result, Ask.Run ask) throws SQLException, IOException {
        Head head = head(result.getMetaData());
        frames.write(Frames.HEAD, head);
        Bytes bytes = new Bytes(frames);
        RowWriter writer = RowWriter.of(ask.form(), head, bytes);
        writer.begin();
        long rows = 0;
        boolean truncated = false;
        while (result.next()) {
            if (rows >= ask.limits().rows() || bytes.total() > ask.limits().bytes()) {
                truncated = true;
                break;
            }
            writer.row(result);
            rows++;
            bytes.sendIfLarge();
        }
        writer.end(rows, truncated);
        bytes.send();
        return new Summary(rows, bytes.total(), truncated, List.of());
    }

    private static Head head(ResultSetMetaData meta) throws SQLException {
        List<Head.Column> columns = new ArrayList<>();
        for (int i = 1; i <= meta.getColumnCount(); i++) {
            columns.add(new Head.Column(meta.getColumnLabel(i), meta.getColumnTypeName(i)));
        }
        return new Head(columns);
    }

    private void copy(Ask.Copy ask) throws SQLException, IOException {
        Path target = Path.of(ask.target());
        Path directory = target.getParent() == null ? target : target.getParent();
        try (Instance instance = Instance.writing(take(), ask.dataset(), ask.limits(), spill, directory);
                Connection connection = instance.connect(ask.dataset());
                Statement statement = connection.createStatement()) {
            start(statement);
            try {
                long rows = statement.executeUpdate("COPY (" + ask.sql() + "\n) TO " + Relations.literal(ask.target())
                        + " (" + ask.options() + ")");
                frames.write(Frames.END, new Summary(rows, 0, false, List.of()));
            } finally {
                running.set(null);
            }
        }
    }

    /** Errors come as JSON, but for a few of the driver's own. */
    private static Refusal refusal(String sql, SQLException failure) {
        String text = String.valueOf(failure.getMessage());
        try {
            JsonNode error = JSON.readTree(text);
            if (error != null && error.has("exception_message")) {
                String kind = error.path("exception_type").asText();
                return new Refusal(
                        reason(kind),
                        error.path("exception_message").asText(),
                        Places.offset(sql, error.path("position").asInt(-1)));
            }
        } catch (IOException e) {
            // plain text, see below
        }
        int colon = text.indexOf(" Error: ");
        return colon < 0
                ? new Refusal(Reason.VALUE, text, -1)
                : new Refusal(reason(text.substring(0, colon)), text.substring(colon + 8), -1);
    }

    private static Reason reason(String kind) {
        return switch (kind.toLowerCase(java.util.Locale.ROOT)) {
            case "parser", "syntax" -> Reason.SYNTAX;
            case "binder", "catalog" -> Reason.MEANING;
            case "permission", "not implemented" -> Reason.REFUSED;
            case "out of memory" -> Reason.MEMORY;
            case "interrupt" -> Reason.CANCELLED;
            case "io", "internal", "fatal" -> Reason.ENGINE;
            default -> Reason.VALUE;
        };
    }
}
