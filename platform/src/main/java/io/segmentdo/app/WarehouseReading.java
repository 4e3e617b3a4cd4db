package io.segmentdo.app;

import io.micrometer.core.instrument.MeterRegistry;
import io.segmentdo.control.Workspaces;
import io.segmentdo.delivery.Deliveries;
import io.segmentdo.delivery.PastEvent;
import io.segmentdo.identity.Colleagues;
import io.segmentdo.profile.PastEvents;
import io.segmentdo.warehouse.Warehouse;
import io.segmentdo.warehouse.WarehouseConfig;
import io.segmentdo.warehouse.engine.Engines;
import io.segmentdo.warehouse.erasure.Erasures;
import io.segmentdo.warehouse.export.ExportApi;
import io.segmentdo.warehouse.export.Exports;
import io.segmentdo.warehouse.files.S3Files;
import io.segmentdo.warehouse.query.Queries;
import io.segmentdo.warehouse.query.QueryApi;
import io.segmentdo.warehouse.query.Reader;
import io.segmentdo.warehouse.replay.ReplayApi;
import io.segmentdo.warehouse.replay.ReplayTarget;
import io.segmentdo.warehouse.replay.Replays;
import io.vertx.ext.web.Router;
import java.nio.file.Path;
import java.time.Clock;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;

/** The reading half of the warehouse: queries, exports and replays, and what they share. */
final class WarehouseReading implements AutoCloseable {
    private final WarehouseConfig config;
    private final Warehouse warehouse;
    private final Reader reader;
    private final Engines engines;
    private final Queries queries;
    private final Optional<S3Files> bucket;
    private final Exports exports;
    private final Replays replays;

    WarehouseReading(
            WarehouseConfig config,
            Warehouse warehouse,
            Deliveries deliveries,
            Path data,
            MeterRegistry meters,
            InstantSource clock) {
        this.config = config;
        this.warehouse = warehouse;
        Path temporary = data.resolve("tmp");
        this.engines = new Engines(config.query().engines(), temporary.resolve("engines"), meters);
        this.reader = new Reader(
                warehouse::tables,
                temporary.resolve("copies"),
                config.query().cache().bytes());
        this.queries = new Queries(engines, reader, warehouse::catchUp, meters, clock);
        this.bucket =
                config.s3().isNamed() ? Optional.of(new S3Files(config.s3(), Clock.systemUTC())) : Optional.empty();
        this.exports = new Exports(
                config.export(),
                engines,
                reader,
                bucket,
                new Exports.Directories(
                        data.resolve("exports"), temporary.resolve("exports"), data.resolve("export-jobs")),
                clock);
        this.replays =
                new Replays(config.replay(), engines, reader, target(deliveries), data.resolve("replays"), clock);
    }

    /** Delivery is not below the warehouse, so it is told what to do through an interface. */
    private static ReplayTarget target(Deliveries deliveries) {
        io.segmentdo.delivery.Replays delivery = deliveries.replays();
        return new ReplayTarget() {
            @Override
            public boolean knows(String destination) {
                return delivery.knows(destination);
            }

            @Override
            public long hand(String destination, long replay, long first, List<Past> events) {
                return delivery.hand(
                        destination,
                        replay,
                        first,
                        events.stream()
                                .map(past -> new PastEvent(past.profileId(), past.event()))
                                .toList());
            }

            @Override
            public long waiting(String destination) {
                return delivery.waiting(destination);
            }
        };
    }

    /** Goes on with replays that had not ended, and says so of exports. */
    WarehouseReading start() {
        exports.start();
        replays.start();
        return this;
    }

    /** The events of profiles, out of the tables. */
    PastEvents pastEvents() {
        return new WarehouseEvents(queries, config.query().engines().limits());
    }

    /** What erases people, on this member and the others. */
    Erasures erasures(Colleagues colleagues, LongSupplier spooled) {
        return new Erasures(warehouse, reader, colleagues, spooled);
    }

    void mount(Router router, Workspaces workspaces) {
        new QueryApi(
                        queries,
                        config.query(),
                        () -> workspaces.current().stream()
                                .map(workspace -> workspace.id())
                                .toList())
                .mount(router);
        new ExportApi(exports).mount(router);
        new ReplayApi(replays).mount(router);
    }

    @Override
    public void close() {
        replays.close();
        exports.close();
        engines.close();
        bucket.ifPresent(S3Files::close);
    }
}
