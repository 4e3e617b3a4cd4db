package io.segmentdo.delivery;

import io.segmentdo.api.Batching;
import io.segmentdo.api.Connector;
import io.segmentdo.api.Descriptor;
import io.segmentdo.api.DestinationContext;
import io.segmentdo.api.Preset;
import io.segmentdo.api.RateLimit;
import io.segmentdo.api.Settings;
import io.segmentdo.destination.Catalogue;
import io.segmentdo.destination.ConfiguredDestination;
import io.segmentdo.destination.Connection;
import io.segmentdo.destination.Subscription;
import io.segmentdo.event.Event;
import io.segmentdo.event.IdentifiedEvent;
import io.segmentdo.event.ProfileFact;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A plugin connected by one configuration: which events it takes, and the connector that gets them. Replaced as a whole
 * when plugin or configuration change; the old one is closed when the answers to its requests have been read.
 *
 * <p>Confined to its lane.
 */
final class Wiring {
    /** What becomes of an entry of the outbox. */
    sealed interface Plan {
        /** It is not for this destination; the reason is a metric tag. */
        record Filtered(String reason) implements Plan {}

        /** It is, once for each of these; at least one. */
        record Planned(List<Item> items) implements Plan {}
    }

    private final String workspace;
    private final Catalogue.Lease lease;
    private final Connector connector;
    private final Batching batching;
    private final Map<String, Batching> ofActions = new HashMap<>();
    private final Masker masker;
    private final Set<String> names;
    private final Map<String, List<Route>> routes = new HashMap<>();
    private int users;
    private boolean retired;

    private Wiring(ConfiguredDestination config, Catalogue.Lease lease, Connector connector, Settings settings) {
        this.workspace = config.workspace();
        this.lease = lease;
        this.connector = connector;
        this.batching = connector.batching(lease.descriptor());
        lease.descriptor()
                .actions()
                .forEach(action -> action.batching().ifPresent(own -> ofActions.put(action.id(), own)));
        this.masker = new Masker(settings.secretTexts());
        this.names = new HashSet<>(lease.descriptor().integrationNames());
        names.add(config.id());
        for (Connection connection : config.connections()) {
            if (connection.enabled()) {
                routes.put(connection.source(), routes(connection, lease.descriptor()));
            }
        }
    }

    private static List<Route> routes(Connection connection, Descriptor descriptor) {
        List<Route> routes = new ArrayList<>();
        for (Subscription subscription : connection.subscriptions()) {
            List<Preset> proposed = subscription.equals(Subscription.ALL) ? descriptor.proposals() : List.of();
            if (proposed.isEmpty()) {
                routes.add(Route.of(routes.size(), subscription, descriptor));
            }
            for (Preset preset : proposed) {
                routes.add(Route.of(routes.size(), preset, descriptor));
            }
        }
        return routes;
    }

    /** Connects; calls the plugin. */
    static Wiring connect(ConfiguredDestination config, Catalogue.Lease lease, DestinationContext context) {
        Settings settings = Settings.of(lease.descriptor(), config.settings());
        return new Wiring(config, lease, lease.destination().connect(settings, context), settings);
    }

    Connector connector() {
        return connector;
    }

    /** How the events of an action are gathered. */
    Batching batching(String action) {
        return ofActions.getOrDefault(action, batching);
    }

    Descriptor descriptor() {
        return lease.descriptor();
    }

    /** How much the destination takes. */
    RateLimit rate() {
        return lease.descriptor().rate();
    }

    Masker masker() {
        return masker;
    }

    /** What becomes of an entry; runs mappings, so it counts as a call of the plugin. */
    Plan plan(Ledger.Candidate candidate) {
        if (candidate.entry() instanceof ProfileFact && !routes.containsKey(Connection.PROFILES)) {
            return new Plan.Filtered("fact");
        }
        IdentifiedEvent identified = FactEvents.of(candidate.entry());
        Retry retry = candidate.retry();
        if (retry != null) {
            return replan(identified, retry.key().route());
        }
        if (!identified.event().workspace().equals(workspace)) {
            return new Plan.Filtered("workspace");
        }
        List<Route> candidates = routes.get(identified.event().source());
        if (candidates == null) {
            return new Plan.Filtered("source");
        }
        Item item = new Item(identified);
        List<Route> taking = new ArrayList<>(candidates.size());
        for (Route route : candidates) {
            if (route.takes(identified.event().type(), item::asMap)) {
                taking.add(route);
            }
        }
        if (taking.isEmpty()) {
            return new Plan.Filtered("subscription");
        }
        if (!IntegrationRules.allow(item.json(), item::asMap, names)) {
            return new Plan.Filtered("integrations");
        }
        return new Plan.Planned(taking.stream().map(item::onRoute).toList());
    }

    /** The subscriptions that take an event as they are now, by their indexes. */
    List<Integer> routesOf(Event event) {
        List<Route> candidates = routes.get(event.source());
        if (candidates == null || !event.workspace().equals(workspace)) {
            return List.of();
        }
        Item item = new Item(new IdentifiedEvent(0, 0, "", event));
        List<Integer> taking = new ArrayList<>(candidates.size());
        for (Route route : candidates) {
            if (route.takes(event.type(), item::asMap)) {
                taking.add(route.index());
            }
        }
        return !taking.isEmpty() && IntegrationRules.allow(item.json(), item::asMap, names) ? taking : List.of();
    }

    /** A stored delivery again: by the subscription that took it, as it is now, whether it would still take it or not. */
    private Plan replan(IdentifiedEvent identified, int route) {
        List<Route> candidates = routes.getOrDefault(identified.event().source(), List.of());
        if (candidates.isEmpty()) {
            return new Plan.Filtered("source");
        }
        Route same = candidates.get(Math.min(route, candidates.size() - 1));
        return new Plan.Planned(List.of(new Item(identified).onRoute(same)));
    }

    /** One more call or request needs it. */
    void use() {
        users++;
    }

    /** One less; true when it has to be closed now. */
    boolean release() {
        users--;
        return retired && users == 0;
    }

    /** Nothing new uses it; true when it has to be closed now. */
    boolean retire() {
        retired = true;
        return users == 0;
    }

    /** Closes the connector; calls the plugin. */
    boolean closeConnector() {
        connector.close();
        return true;
    }

    /** Gives the plugin back, after {@link #closeConnector}, however that ended. */
    void closeLease() {
        lease.close();
    }
}
