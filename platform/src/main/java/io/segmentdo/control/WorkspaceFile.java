package io.segmentdo.control;

import static io.segmentdo.config.Checks.check;

import io.segmentdo.config.Default;
import io.segmentdo.config.Doc;
import io.segmentdo.identity.IdentityRules;
import io.segmentdo.source.SourceKind;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A workspace as it is written in YAML. Immutable. */
record WorkspaceFile(
        @Doc("a name for people") Optional<String> name,
        @Doc("who sends events") List<SourceEntry> sources,
        @Doc("who receives them") List<DestinationEntry> destinations,
        @Doc("who is who") IdentityRules identity) {

    /** The ids of workspaces, sources and destinations, which stand in paths, metrics and stored cursors. */
    static final String ID = "[a-z0-9][a-z0-9_-]{0,62}";

    static final String ID_EXPECTED = "lower case letters, digits, - and _, at most 63";

    record SourceEntry(
            @Doc("an id, unique among the sources") String id,
            @Doc("a name for people") Optional<String> name,
            @Doc("browser, mobile or server") SourceKind kind,
            @Default("true") @Doc("true or false") boolean enabled,
            @Doc("the keys its SDKs send") List<String> writeKeys) {
        SourceEntry {
            check(id.matches(ID), "id", id, ID_EXPECTED);
            check(!writeKeys.isEmpty(), "write-keys", writeKeys, "at least one");
            for (int i = 0; i < writeKeys.size(); i++) {
                check(
                        writeKeys.get(i).matches("[A-Za-z0-9_-]{1,128}"),
                        "write-keys[" + i + "]",
                        "***",
                        "letters, digits, - and _, at most 128");
            }
        }
    }

    record DestinationEntry(
            @Doc("an id, unique among the destinations") String id,
            @Doc("a name for people") Optional<String> name,
            @Doc("the id of a destination plugin") String plugin,
            @Default("true") @Doc("true or false") boolean enabled,
            @Default("false") @Doc("true or false") boolean ordered,
            @Doc("the settings of the plugin") Map<String, Object> settings,
            @Doc("the sources that feed it") List<ConnectionEntry> connections) {
        DestinationEntry {
            check(id.matches(ID), "id", id, ID_EXPECTED);
            check(!plugin.isBlank(), "plugin", plugin, "the id of a destination plugin");
        }
    }

    record ConnectionEntry(
            @Doc("the id of a source, or $profiles for what becomes of profiles")
            String source,

            @Default("true") @Doc("true or false") boolean enabled,

            @Doc("which events; none for what the destination proposes")
            List<SubscriptionEntry> subscriptions) {}

    record SubscriptionEntry(
            @Default("") @Doc("an FQL expression") String trigger,

            @Default("") @Doc("an action of the destination")
            String action,

            @Doc("mapping directives by field") Map<String, Object> mapping) {}
}
