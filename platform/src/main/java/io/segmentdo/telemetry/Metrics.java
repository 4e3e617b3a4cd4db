package io.segmentdo.telemetry;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.VertxBuilder;
import io.vertx.core.VertxOptions;
import io.vertx.micrometer.MetricsDomain;
import io.vertx.micrometer.MicrometerMetricsFactory;
import io.vertx.micrometer.MicrometerMetricsOptions;
import java.util.EnumSet;
import java.util.Set;

/**
 * The meters of this process and their Prometheus page.
 *
 * <p>Made first and closed last. Safe for concurrent use.
 */
public final class Metrics implements AutoCloseable {
    private static final Set<MetricsDomain> HTTP = EnumSet.of(
            MetricsDomain.HTTP_SERVER,
            MetricsDomain.HTTP_CLIENT,
            MetricsDomain.NET_SERVER,
            MetricsDomain.NET_CLIENT,
            MetricsDomain.DATAGRAM_SOCKET);

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final JvmGcMetrics collector = new JvmGcMetrics();
    private final TelemetryConfig config;

    public Metrics(TelemetryConfig config) {
        this.config = config;
        collector.bindTo(registry);
        new JvmMemoryMetrics().bindTo(registry);
        new JvmThreadMetrics().bindTo(registry);
        new ProcessorMetrics().bindTo(registry);
        new FileDescriptorMetrics().bindTo(registry);
        new UptimeMetrics().bindTo(registry);
    }

    /** Where packages register their meters. */
    public MeterRegistry registry() {
        return registry;
    }

    /** Lets Vert.x report its pools here, and HTTP when that is configured. */
    public VertxBuilder observe(VertxBuilder builder, VertxOptions options) {
        MicrometerMetricsOptions metrics = new MicrometerMetricsOptions()
                .setEnabled(true)
                // its gauges are registered twice, of which Micrometer warns at every start, and lanes have meters of
                // their own
                .addDisabledMetricsCategory(MetricsDomain.EVENT_BUS);
        if (!config.httpMetrics()) {
            HTTP.forEach(metrics::addDisabledMetricsCategory);
        }
        return builder.with(options.setMetricsOptions(metrics)).withMetrics(new MicrometerMetricsFactory(registry));
    }

    /** All meters in Prometheus' text format. */
    public String scrape() {
        return registry.scrape();
    }

    @Override
    public void close() {
        collector.close();
        registry.close();
    }
}
