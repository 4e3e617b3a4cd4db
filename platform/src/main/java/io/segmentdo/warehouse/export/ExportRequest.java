package io.segmentdo.warehouse.export;

import io.segmentdo.warehouse.query.Moment;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

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
 * @param asOf a state in the past, as {@link Moment#parse} reads it, or null for the newest
 */
public record ExportRequest(
        String workspace,
        ExportForm form,
        String destination,
        List<String> partitionBy,
        String where,
        @Nullable String asOf) {
    public ExportRequest {
        partitionBy = List.copyOf(partitionBy);
    }

    /** The state in the past, if it is one. */
    Optional<Moment> moment() {
        return Optional.ofNullable(asOf).map(Moment::parse);
    }
}
