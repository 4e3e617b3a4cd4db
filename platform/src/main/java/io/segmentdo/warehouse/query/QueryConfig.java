package io.segmentdo.warehouse.query;

import static io.segmentdo.config.Checks.check;

import io.segmentdo.config.ByteSize;
import io.segmentdo.config.Doc;
import io.segmentdo.warehouse.engine.EnginesConfig;

/**
 * Reading the warehouse.
 *
 * <p>Immutable.
 */
public record QueryConfig(
        @Doc("Queries that run at a time, and what each may use.")
        EnginesConfig engines,

        @Doc("Disk for copies of data files that are in an object store.")
        ByteSize cache,

        @Doc("Bytes of a request, its SQL included.") ByteSize requestMax) {
    public static final QueryConfig DEFAULT =
            new QueryConfig(EnginesConfig.DEFAULT, ByteSize.gibibytes(10), ByteSize.kibibytes(256));

    public QueryConfig {
        check(cache.bytes() >= 1 << 20, "cache", cache, ">= 1MiB");
        check(requestMax.bytes() >= 1024, "request-max", requestMax, ">= 1KiB");
    }
}
