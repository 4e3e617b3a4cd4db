package io.segmentdo.warehouse.export;

import io.segmentdo.warehouse.engine.Engine;
import io.segmentdo.warehouse.engine.Head;
import io.segmentdo.warehouse.engine.Limits;
import io.segmentdo.warehouse.engine.ResultForm;
import io.segmentdo.warehouse.engine.RowSink;
import io.segmentdo.warehouse.query.Reader;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The columns that an export would have, learned from its query over no files; so it also shows whether it can run. */
final class ExportColumns implements RowSink {
    private final Set<String> names = new HashSet<>();

    private ExportColumns() {}

    static Set<String> of(Engine engine, Reader reader, String sql, ExportRequest request, Limits limits) {
        ExportColumns columns = new ExportColumns();
        Reader.Scope nothing = new Reader.Scope(request.workspace(), request.moment(), Optional.of(List.of()));
        reader.read(
                engine, sql, nothing, limits, (e, dataset) -> e.run(sql, dataset, ResultForm.NDJSON, limits, columns));
        return columns.names;
    }

    @Override
    public void head(Head head) {
        head.columns().forEach(column -> names.add(column.name()));
    }

    @Override
    public void data(byte[] bytes) {
        // there are no rows
    }
}
