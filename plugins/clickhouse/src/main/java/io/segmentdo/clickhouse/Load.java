package io.segmentdo.clickhouse;

import io.segmentdo.api.DestinationContext;
import io.segmentdo.api.Settings;
import io.segmentdo.api.rows.TableAction;
import io.segmentdo.api.rows.TableStore;

/** Loads events into tables. Threads as in {@link io.segmentdo.api.Connector}. */
public final class Load extends TableAction {
    @Override
    protected TableStore open(Settings settings, DestinationContext context) {
        return new ClickHouseTables(settings, context);
    }
}
