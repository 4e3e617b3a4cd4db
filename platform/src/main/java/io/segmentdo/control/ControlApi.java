package io.segmentdo.control;

import io.segmentdo.problem.PlatformException;
import io.segmentdo.problem.Problem;
import io.segmentdo.rest.Endpoint;
import io.segmentdo.telemetry.Metrics;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.SocketAddress;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.Locale;
import java.util.Map;

/**
 * The REST API of the control plane, and the pages for operators: {@code /health} and {@code /metrics}.
 *
 * <p>{@link #mount} is called once per router, before other parts add their own routes below {@code /v1}: all of those
 * are guarded. Safe for concurrent use.
 */
public final class ControlApi {
    private final Workspaces workspaces;
    private final Map<String, String> effectiveConfig;
    private final Health health;
    private final Metrics metrics;
    private final ApiGuard guard;
    private final ControlConfig config;

    /**
     * @param effectiveConfig every key with its value, secrets masked
     */
    public ControlApi(
            Workspaces workspaces,
            Map<String, String> effectiveConfig,
            Health health,
            Metrics metrics,
            ApiGuard guard,
            ControlConfig config) {
        this.workspaces = workspaces;
        this.effectiveConfig = effectiveConfig;
        this.health = health;
        this.metrics = metrics;
        this.guard = guard;
        this.config = config;
        health.register(
                "workspaces",
                () -> workspaces
                        .refusal()
                        .map(reason -> Health.Report.degraded("A changed workspace file is not in force: " + reason))
                        .orElse(Health.Report.OK));
    }

    /** Adds the routes, the guard of {@code /v1}, and the answers to failures and unknown paths. */
    public void mount(Router router) {
        router.route().failureHandler(new ProblemHandler());
        router.get("/health")
                .putMetadata(Endpoint.ABOUT, "How the node is, with reasons; 503 when it takes no events.")
                .handler(this::health);
        router.get("/health/ready")
                .putMetadata(Endpoint.ABOUT, "Whether it takes events.")
                .handler(this::ready);
        router.get("/health/live")
                .putMetadata(Endpoint.ABOUT, "Whether the process works.")
                .handler(this::live);
        router.get("/metrics")
                .putMetadata(Endpoint.ABOUT, "Metrics for Prometheus.")
                .handler(this::guardMetrics)
                .handler(this::scrape);
        router.route("/v1/*").handler(guard);
        router.get("/v1/workspaces")
                .putMetadata(Endpoint.ABOUT, "What is configured and in force, without secrets.")
                .handler(this::listWorkspaces);
        router.get("/v1/config")
                .putMetadata(Endpoint.ABOUT, "The configuration of the node, without secrets.")
                .handler(this::showConfig);
        router.route().last().handler(ControlApi::notFound);
    }

    private void health(RoutingContext context) {
        Map<String, Health.Report> reports = health.reports();
        Health.Status worst = Health.worst(reports);
        JsonObject components = new JsonObject();
        JsonArray reasons = new JsonArray();
        reports.forEach((component, report) -> {
            components.put(component, component(report));
            if (!report.reason().isEmpty()) {
                reasons.add(component + ": " + report.reason());
            }
        });
        answer(context, isReady(worst) ? 200 : 503)
                .end(new JsonObject()
                        .put("status", word(worst))
                        .put("live", worst != Health.Status.DEAD)
                        .put("ready", isReady(worst))
                        .put("reasons", reasons)
                        .put("components", components)
                        .toBuffer());
    }

    private static JsonObject component(Health.Report report) {
        JsonObject shown = new JsonObject().put("status", word(report.status()));
        return report.reason().isEmpty() ? shown : shown.put("reason", report.reason());
    }

    private void ready(RoutingContext context) {
        Health.Status worst = Health.worst(health.reports());
        answer(context, isReady(worst) ? 200 : 503)
                .end(new JsonObject().put("status", word(worst)).toBuffer());
    }

    private void live(RoutingContext context) {
        Health.Status worst = Health.worst(health.reports());
        answer(context, worst == Health.Status.DEAD ? 503 : 200)
                .end(new JsonObject().put("status", word(worst)).toBuffer());
    }

    private void guardMetrics(RoutingContext context) {
        boolean open = switch (config.metricsAccess()) {
            case OPEN -> true;
            case LOOPBACK -> isLoopback(context);
            case TOKEN -> false;
        };
        if (open) {
            context.next();
        } else {
            guard.handle(context);
        }
    }

    /** A proxy on this machine also comes from the loopback address, but says so. */
    private static boolean isLoopback(RoutingContext context) {
        SocketAddress peer = context.request().remoteAddress();
        String address = peer == null ? null : peer.hostAddress();
        return address != null
                && (address.startsWith("127.") || address.equals("::1") || address.equals("0:0:0:0:0:0:0:1"))
                && !context.request().headers().contains("X-Forwarded-For")
                && !context.request().headers().contains("Forwarded");
    }

    private void scrape(RoutingContext context) {
        context.response()
                .putHeader(HttpHeaders.CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")
                .end(metrics.scrape());
    }

    private void listWorkspaces(RoutingContext context) {
        JsonArray shown = new JsonArray();
        workspaces.current().forEach(workspace -> shown.add(new JsonObject(workspace.shown())));
        answer(context, 200).end(new JsonObject().put("workspaces", shown).toBuffer());
    }

    private void showConfig(RoutingContext context) {
        JsonObject shown = new JsonObject();
        effectiveConfig.forEach(shown::put);
        answer(context, 200).end(new JsonObject().put("config", shown).toBuffer());
    }

    private static void notFound(RoutingContext context) {
        context.fail(new PlatformException(
                Problem.NOT_FOUND,
                "There is nothing at " + context.request().method() + " " + context.normalizedPath()));
    }

    private static HttpServerResponse answer(RoutingContext context, int status) {
        return context.response()
                .setStatusCode(status)
                .putHeader(HttpHeaders.CONTENT_TYPE, "application/json")
                .putHeader(HttpHeaders.CACHE_CONTROL, "no-store");
    }

    private static boolean isReady(Health.Status worst) {
        return worst.compareTo(Health.Status.NOT_READY) < 0;
    }

    private static String word(Health.Status status) {
        return status.name().toLowerCase(Locale.ROOT);
    }
}
