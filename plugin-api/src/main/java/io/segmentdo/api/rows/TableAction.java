package io.segmentdo.api.rows;

import io.segmentdo.api.CodedAction;
import io.segmentdo.api.Delivery;
import io.segmentdo.api.DestinationContext;
import io.segmentdo.api.OutboundEvent;
import io.segmentdo.api.Settings;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Loads events into the tables of a warehouse; a plugin says which, and has the setting {@code eventTables}.
 *
 * <p>The columns of tables are remembered, and looked up again when the warehouse says that they are otherwise. An event
 * is delivered when all of its rows are. Threads as in {@link io.segmentdo.api.Connector}.
 */
public abstract class TableAction implements CodedAction {
    private static final int TABLES_MAX = 2_000;
    private static final int ROWS_MAX = 100_000;
    private static final int LOOKUPS = 2;

    /** The setting by which there is a table for each event of track calls. */
    private static final String EVENT_TABLES = "eventTables";

    private final Map<String, Map<String, ColumnType>> known = new Newest<>(TABLES_MAX);
    private final Map<String, Boolean> done = new Newest<>(ROWS_MAX);
    private @Nullable TableStore store;

    /** The newest entries, by use. */
    private static final class Newest<V> extends LinkedHashMap<String, V> {
        private static final long serialVersionUID = 1;

        private final int most;

        Newest(int most) {
            super(16, 0.75f, true);
            this.most = most;
        }

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, V> eldest) {
            return size() > most;
        }
    }

    /** Rows, with the places of their events in the batch. */
    private record Load(List<Row> rows, List<Integer> events) {
        Load() {
            this(new ArrayList<>(), new ArrayList<>());
        }
    }

    /** The warehouse. Called once. */
    protected abstract TableStore open(Settings settings, DestinationContext context);

    @Override
    public final List<Delivery> deliver(List<OutboundEvent> batch, Settings settings, DestinationContext context)
            throws InterruptedException {
        TableStore opened = store == null ? open(settings, context) : store;
        store = opened;
        Map<String, Load> loads = gather(batch, new EventRows(context.json(), settings.flag(EVENT_TABLES)));
        List<Delivery> outcomes = new ArrayList<>(Collections.nCopies(batch.size(), Delivery.delivered()));
        List<Row> loaded = new ArrayList<>();
        for (Map.Entry<String, Load> entry : loads.entrySet()) {
            Load load = entry.getValue();
            List<Delivery> ofRows = load(opened, context, entry.getKey(), load.rows());
            for (int i = 0; i < load.rows().size(); i++) {
                Delivery outcome = ofRows.get(ofRows.size() == 1 ? 0 : i);
                int event = load.events().get(i);
                outcomes.set(event, graver(outcomes.get(event), outcome));
                if (outcome instanceof Delivery.Delivered) {
                    loaded.add(load.rows().get(i));
                }
            }
        }
        boolean isComplete = outcomes.stream().allMatch(Delivery.Delivered.class::isInstance);
        loaded.stream().filter(row -> !isComplete).forEach(row -> done.put(key(row), true));
        return outcomes;
    }

    /** The rows of events by table, without those that are there already because only another row of their event was not. */
    private Map<String, Load> gather(List<OutboundEvent> batch, EventRows shape) {
        Map<String, Load> loads = new LinkedHashMap<>();
        for (int i = 0; i < batch.size(); i++) {
            for (Row row : shape.of(batch.get(i).asMap())) {
                if (!done.containsKey(key(row))) {
                    Load load = loads.computeIfAbsent(row.table(), table -> new Load());
                    load.rows().add(row);
                    load.events().add(i);
                }
            }
        }
        return loads;
    }

    private static String key(Row row) {
        return row.table() + "\n" + row.id();
    }

    private List<Delivery> load(TableStore opened, DestinationContext context, String table, List<Row> rows)
            throws InterruptedException {
        String reason = "";
        try {
            for (int i = 0; i < LOOKUPS; i++) {
                FittedRows fitted = fit(opened, context, table, rows);
                switch (opened.insert(table, fitted.columns(), fitted.rows())) {
                    case Insertion.Settled settled -> {
                        return settled.outcomes();
                    }
                    case Insertion.Refused refused -> {
                        return halved(opened, context, table, rows, refused.reason());
                    }
                    case Insertion.Stale stale -> {
                        known.remove(table);
                        reason = stale.reason();
                    }
                }
            }
            return List.of(Delivery.retry(reason));
        } catch (TableException failed) {
            return List.of(failed.outcome());
        } catch (IOException noResponse) {
            return List.of(
                    Delivery.retry("no response: " + noResponse.getClass().getSimpleName()));
        }
    }

    private FittedRows fit(TableStore opened, DestinationContext context, String table, List<Row> rows)
            throws TableException, IOException, InterruptedException {
        Map<String, ColumnType> columns = known.get(table);
        if (columns == null) {
            columns = opened.columns(table);
        }
        FittedRows fitted = FittedRows.of(rows, columns, context.json());
        if (columns.isEmpty()) {
            opened.create(table, fitted.columns());
        } else if (!fitted.missing().isEmpty()) {
            opened.add(table, fitted.missing());
        }
        known.put(table, fitted.columns());
        return fitted;
    }

    /** Finds the one that is to blame. */
    private List<Delivery> halved(
            TableStore opened, DestinationContext context, String table, List<Row> rows, String reason)
            throws InterruptedException {
        if (rows.size() == 1) {
            return List.of(Delivery.rejected(reason));
        }
        List<Delivery> outcomes = new ArrayList<>(rows.size());
        int middle = rows.size() / 2;
        for (List<Row> half : List.of(rows.subList(0, middle), rows.subList(middle, rows.size()))) {
            List<Delivery> ofHalf = load(opened, context, table, half);
            outcomes.addAll(ofHalf.size() == 1 ? Collections.nCopies(half.size(), ofHalf.getFirst()) : ofHalf);
        }
        return outcomes;
    }

    private static Delivery graver(Delivery a, Delivery b) {
        return weight(b) > weight(a) ? b : a;
    }

    private static int weight(Delivery outcome) {
        return switch (outcome) {
            case Delivery.Delivered fine -> 0;
            case Delivery.Skipped fine -> 0;
            case Delivery.Rejected rejected -> 1;
            case Delivery.Retry retry -> 2;
            case Delivery.RetryAfter retry -> 2;
            case Delivery.Unauthorized refused -> 3;
        };
    }
}
