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
 * Loads events into the tables of a warehouse; a plugin says which.
 *
 * <p>The columns of tables are remembered, and looked up again when the warehouse says that they are otherwise. An event
 * is delivered when all of its rows are. Threads as in {@link io.segmentdo.api.Connector}.
 */
public abstract class TableAction implements CodedAction {
    private static final int TABLES_MAX = 2_000;
    private static final int LOOKUPS = 2;

    private final Map<String, Map<String, ColumnType>> known = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Map<String, ColumnType>> eldest) {
            return size() > TABLES_MAX;
        }
    };
    private @Nullable TableStore store;

    /** Rows, with the places of their events in the batch. */
    private record Load(List<Row> rows, List<Integer> events) {
        Load() {
            this(new ArrayList<>(), new ArrayList<>());
        }
    }

    /** The warehouse. Called once. */
    protected abstract TableStore open(Settings settings, DestinationContext context);

    /** Which rows an event becomes. */
    protected abstract EventRows rows(Settings settings, DestinationContext context);

    @Override
    public final List<Delivery> deliver(List<OutboundEvent> batch, Settings settings, DestinationContext context)
            throws InterruptedException {
        TableStore opened = store == null ? open(settings, context) : store;
        store = opened;
        EventRows shape = rows(settings, context);
        Map<String, Load> loads = new LinkedHashMap<>();
        for (int i = 0; i < batch.size(); i++) {
            for (Row row : shape.of(batch.get(i).asMap())) {
                Load load = loads.computeIfAbsent(row.table(), table -> new Load());
                load.rows().add(row);
                load.events().add(i);
            }
        }
        List<Delivery> outcomes = new ArrayList<>(Collections.nCopies(batch.size(), Delivery.delivered()));
        for (Map.Entry<String, Load> entry : loads.entrySet()) {
            Load load = entry.getValue();
            List<Delivery> ofRows = load(opened, context, entry.getKey(), load.rows());
            for (int i = 0; i < load.events().size(); i++) {
                int event = load.events().get(i);
                outcomes.set(event, graver(outcomes.get(event), ofRows.get(ofRows.size() == 1 ? 0 : i)));
            }
        }
        return outcomes;
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
