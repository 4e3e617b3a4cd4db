package io.segmentdo.connector;

import io.segmentdo.api.Action;
import io.segmentdo.api.CodedAction;
import io.segmentdo.api.Connector;
import io.segmentdo.api.Descriptor;
import io.segmentdo.api.Destination;
import io.segmentdo.api.DestinationContext;
import io.segmentdo.api.Preset;
import io.segmentdo.api.RetryPolicy;
import io.segmentdo.api.SegmentCounterpart;
import io.segmentdo.api.Setting;
import io.segmentdo.api.Settings;
import io.segmentdo.mapping.Fql;
import io.segmentdo.mapping.InvalidFqlException;
import io.segmentdo.mapping.Mapping;
import io.segmentdo.mapping.Scope;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A destination declared in a YAML file. To the platform it is one like any other.
 *
 * <p>Immutable.
 */
public final class DeclaredDestination implements Destination {
    private static final Pattern ID = Pattern.compile("[a-z0-9]+(-[a-z0-9]+)*");

    private final Descriptor descriptor;
    private final Map<String, Mapping> vars;

    @SuppressWarnings("rawtypes") // what a class says of its type arguments is not known
    private final Map<String, Function> functions;

    private final Common common;
    private final Map<String, ActionPlan> actions;

    @SuppressWarnings("rawtypes")
    private DeclaredDestination(
            Descriptor descriptor,
            Map<String, Mapping> vars,
            Map<String, Function> functions,
            Common common,
            Map<String, ActionPlan> actions) {
        this.descriptor = descriptor;
        this.vars = vars;
        this.functions = Map.copyOf(functions);
        this.common = common;
        this.actions = actions;
    }

    /** What the actions have in common. */
    private record Common(
            Authentication authentication,
            RatePlan rate,
            Optional<RetryPolicy> retry,
            Idempotency idempotency,
            Optional<CallPlan> test,
            Optional<CallPlan> deleteUser) {
        private static final Set<String> NAMES = Set.of("settings", "vars", "now");
        private static final Set<String> OF_USER = Set.of("settings", "vars", "now", "user");

        static Common read(YamlObject connector, Set<String> secrets) {
            return new Common(
                    Authentication.read(connector, NAMES),
                    RatePlan.read(connector),
                    RetryReader.read(connector),
                    Idempotency.read(connector),
                    connector.has("test")
                            ? Optional.of(CallPlan.read(connector.object("test"), NAMES, secrets))
                            : Optional.empty(),
                    connector.has("deleteUser")
                            ? Optional.of(CallPlan.read(connector.object("deleteUser"), OF_USER, secrets))
                            : Optional.empty());
        }

        Descriptor describe(Descriptor descriptor) {
            Descriptor next = descriptor.rate(rate.limit()).recognizingRepeats(idempotency.description());
            next = retry.map(next::retrying).orElse(next);
            next = test.isPresent() ? next.testingCredentials() : next;
            return deleteUser.isPresent() ? next.deletingUsers() : next;
        }
    }

    /**
     * Reads a connector file.
     *
     * @param file its name, for messages
     * @param yaml its content
     * @throws InvalidConnectorException with everything that is wrong, each with its line
     */
    public static DeclaredDestination read(String file, String yaml) {
        return read(file, yaml, DeclaredDestination.class.getClassLoader());
    }

    /**
     * Reads a connector file that may name classes.
     *
     * @param code finds them
     * @throws InvalidConnectorException with everything that is wrong, each with its line
     */
    public static DeclaredDestination read(String file, String yaml, ClassLoader code) {
        return read(YamlFile.read(file, yaml), code);
    }

    @SuppressWarnings("rawtypes")
    static DeclaredDestination read(YamlObject connector, ClassLoader code) {
        connector.allow(
                "id",
                "name",
                "description",
                "segment",
                "settings",
                "vars",
                "auth",
                "fields",
                "let",
                "validate",
                "item",
                "batch",
                "request",
                "response",
                "rate",
                "retry",
                "idempotency",
                "test",
                "deleteUser",
                "functions",
                "actions",
                "presets");
        List<Setting> settings = SettingReader.read(connector);
        Set<String> secrets = new HashSet<>();
        settings.stream().filter(Setting::isSecret).map(Setting::name).forEach(secrets::add);

        Map<String, Mapping> vars = connector.namedMappings("vars", Set.of("settings"));
        Common common = Common.read(connector, secrets);

        var loader = new CodeLoader(code);
        Map<String, Function> functions = loader.functions(connector);
        Map<String, ActionPlan> actions = new LinkedHashMap<>();
        for (YamlObject action : connector.objects("actions")) {
            ActionPlan plan = ActionPlan.read(action, connector, secrets, loader);
            if (actions.put(plan.declared().id(), plan) != null) {
                action.problem("name", "a name of its own");
            }
        }
        if (actions.isEmpty()) {
            connector.problem("actions", "at least one action");
        }
        Descriptor descriptor = common.describe(descriptor(connector, settings, actions));
        if (!connector.problems().isEmpty()) {
            throw new InvalidConnectorException(connector.problems());
        }
        return new DeclaredDestination(descriptor, vars, functions, common, actions);
    }

    private static Descriptor descriptor(
            YamlObject connector, List<Setting> settings, Map<String, ActionPlan> actions) {
        String id = connector.text("id");
        boolean idFits = ID.matcher(id).matches();
        if (!idFits) {
            connector.problem("id", "lower case letters, digits and single dashes");
        }
        var batches = new ArrayList<BatchPlan>();
        actions.values().forEach(action -> action.batch().ifPresent(batches::add));
        return Descriptor.of(idFits ? id : "invalid", connector.text("name", id))
                .description(connector.text("description", id))
                .settings(settings.toArray(Setting[]::new))
                .actions(actions.values().stream().map(ActionPlan::declared).toArray(Action[]::new))
                .batching(BatchPlan.widest(batches))
                .presets(presets(connector, actions))
                .standsInFor(counterparts(connector.object("segment")));
    }

    /** Reads {@code presets}, and the actions that are marked to be ones. */
    private static Preset[] presets(YamlObject connector, Map<String, ActionPlan> actions) {
        var presets = new ArrayList<Preset>();
        for (YamlObject action : connector.objects("actions")) {
            ActionPlan plan = actions.get(String.valueOf(action.raw("name")));
            if (action.flag("preset") && plan != null) {
                Action declared = plan.declared();
                presets.add(Preset.of(declared.name(), declared.id(), declared.subscription()));
            }
        }
        for (YamlObject preset : connector.objects("presets")) {
            preset.allow("name", "action", "subscribe", "mapping");
            ActionPlan plan = actions.get(preset.text("action"));
            if (plan == null) {
                preset.problem("action", "one of the actions");
                continue;
            }
            String subscription = preset.text("subscribe", plan.declared().subscription());
            try {
                Fql.compile(subscription);
            } catch (InvalidFqlException invalid) {
                preset.problem("subscribe", String.valueOf(invalid.getMessage()));
            }
            presets.add(Preset.of(preset.text("name"), plan.declared().id(), subscription)
                    .mapping(directives(preset, "mapping")));
        }
        return presets.toArray(Preset[]::new);
    }

    /** Reads {@code segment}: by slug what settings, actions and kept values are called there. */
    private static SegmentCounterpart[] counterparts(YamlObject segment) {
        var counterparts = new ArrayList<SegmentCounterpart>();
        segment.eachObject((slug, names) -> {
            names.allow("settings", "actions", "state");
            Map<String, String> actions = new LinkedHashMap<>();
            YamlObject renamed = names.object("actions");
            renamed.names().forEach(there -> actions.put(there, renamed.text(there)));
            counterparts.add(SegmentCounterpart.of(slug)
                    .settings(directives(names, "settings"))
                    .actions(actions)
                    .state(directives(names, "state")));
        });
        return counterparts.toArray(SegmentCounterpart[]::new);
    }

    private static Map<String, Object> directives(YamlObject names, String key) {
        Map<String, Object> directives = new LinkedHashMap<>();
        YamlObject given = names.object(key);
        if (names.has(key)) {
            names.mapping(key, Set.of());
        }
        given.names().forEach(name -> {
            Object value = given.raw(name);
            if (value != null) {
                directives.put(name, value);
            }
        });
        return directives;
    }

    @Override
    public Descriptor descriptor() {
        return descriptor;
    }

    @Override
    public Connector connect(Settings settings, DestinationContext context) {
        Map<String, @Nullable Object> bindings = new HashMap<>();
        bindings.put("fn", functions);
        bindings.put("settings", SettingReader.values(descriptor.settings(), settings));
        Map<String, @Nullable Object> values = new HashMap<>();
        vars.forEach((name, mapping) -> values.put(name, mapping.apply(new Scope(null, bindings))));
        bindings.put("vars", values);
        var configured = new Scope(null, bindings);
        var scopes = new EventScopes(actions, configured, context);
        var protocol = new Protocol(
                common.authentication()
                        .open(configured.with("now", context.clock().instant()), context),
                common.idempotency(),
                common.rate(),
                context);
        var calls = new Calls(common.test(), common.deleteUser(), configured, protocol);
        Map<String, CodedAction> code = new HashMap<>();
        actions.forEach((name, plan) -> plan.code().ifPresent(made -> code.put(name, made.get())));
        boolean isSequence = actions.values().stream().anyMatch(ActionPlan::isSequence);
        return isSequence
                ? new SteppedConnector(scopes, protocol, calls, code, settings)
                : new DeclaredConnector(scopes, protocol, calls);
    }
}
