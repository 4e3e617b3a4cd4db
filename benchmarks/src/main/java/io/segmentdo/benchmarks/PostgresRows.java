package io.segmentdo.benchmarks;

import io.segmentdo.benchmarks.IdentityEvents.Kind;
import io.segmentdo.temporary.TemporaryDirectory;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** The same events on a PostgreSQL: one node, three members of a cluster, and the usual design. */
final class PostgresRows {
    private static final int MEMBERS = 3;

    private PostgresRows() {}

    /** Prints the rows with so many profiles and events each. */
    static void print(int count) throws Exception {
        try (TemporaryDirectory folder = new TemporaryDirectory("postgres");
                ScratchPostgres server = new ScratchPostgres(folder.path().resolve("server"))) {
            Path homes = folder.path();
            try (SpooledRows node = SpooledRows.alone("on PostgreSQL", homes.resolve("node"), server.asStore("one"))) {
                node.print(count, count);
            }
            try (SpooledRows members = SpooledRows.members(MEMBERS, homes, server.asStore("shared"))) {
                members.print(count, count);
            }
            try (TwoTableModel model = new TwoTableModel(server)) {
                IdentityEvents events = new IdentityEvents("");
                for (Kind kind : List.of(Kind.NEW_USERS, Kind.MIX)) {
                    double perSecond = model.apply(IdentityEvents.list(count, events.of(kind)));
                    System.out.printf(
                            Locale.ROOT, SpooledRows.RATE + "%n", "model of two tables: " + kind.text(), perSecond);
                }
            }
        }
    }
}
