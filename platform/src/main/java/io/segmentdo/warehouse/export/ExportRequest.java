package io.segmentdo.warehouse.export;

import io.segmentdo.warehouse.query.Moment;
import java.util.List;
import java.util.Optional;

/**
 * What is to be exported and where to.
 *
 * <p>Immutable.
 *
 * @param workspace whose events
 * @param form of the files
 * @param destination {@code s3://bucket/prefix}, or a path below the root of exports
 * @param partitionBy columns that become directories; {@code date} is the day of the event
 * @param where a condition on events, empty for none
 * @param moment a state in the past, or the newest
 */
public record ExportRequest(
        String workspace,
        ExportForm form,
        String destination,
        List<String> partitionBy,
        String where,
        Optional<Moment> moment) {
    public ExportRequest {
        partitionBy = List.copyOf(partitionBy);
    }
}
