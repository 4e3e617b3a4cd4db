package io.segmentdo.identity;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;

/** The rules of the workspaces, compiled when they are first asked for and again when they have changed. Confined to its lane. */
final class RuleBook {
    private record Entry(IdentityRules rules, CompiledRules compiled) {}

    private final Function<String, IdentityRules> current;
    private final Map<String, Entry> entries = new HashMap<>();

    RuleBook(Function<String, IdentityRules> current) {
        this.current = current;
    }

    CompiledRules of(String workspace) {
        return entries.computeIfAbsent(workspace, this::entry).compiled;
    }

    private Entry entry(String workspace) {
        IdentityRules rules = current.apply(workspace);
        return new Entry(rules, new CompiledRules(rules));
    }

    /** Forgets what has changed; between batches, so that all events of one are judged alike. */
    void refresh() {
        entries.entrySet().removeIf(entry -> !current.apply(entry.getKey()).equals(entry.getValue().rules));
    }
}
