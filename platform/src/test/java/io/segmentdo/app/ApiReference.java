package io.segmentdo.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.segmentdo.collect.Collector;
import io.segmentdo.rest.Endpoint;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Route;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;

/** The page of all that a node serves, made from its routes. */
final class ApiReference {
    private ApiReference() {}

    static String markdown(List<Route> routes) {
        String tracking =
                Collector.paths().stream().map(path -> '`' + path + '`').collect(Collectors.joining(", "));
        String rows = routes.stream()
                .filter(route -> route.methods() != null)
                .sorted(Comparator.comparing(Route::getPath))
                .flatMap(route -> route.methods().stream().map(method -> row(method, route)))
                .distinct()
                .collect(Collectors.joining());
        return """
                # API

                Everything that a node serves. Made by a test from the routes of a running node.

                Tracking, with a write key: %s, and the settings of a source under `/projects/<write key>/settings` and
                `/v1/projects/<write key>/settings`.

                All else under `/v1/` wants the owner token, `/metrics` does from other machines, `/health` does not. What each takes and
                answers is told in [operations](operations.md), [delivery](delivery.md), [profiles](profiles.md), [the cluster](cluster.md)
                and [the warehouse](warehouse-sql.md).

                | Path | Method | |
                |---|---|---|
                %s""".formatted(tracking, rows);
    }

    private static String row(HttpMethod method, Route route) {
        String path = route.getPath().replaceAll(":(\\w+)", "<$1>");
        String about = route.getMetadata(Endpoint.ABOUT);
        assertThat(about).as("what %s %s is about", method, path).isNotBlank();
        return "| `%s` | %s | %s |%n".formatted(path, method, about);
    }
}
