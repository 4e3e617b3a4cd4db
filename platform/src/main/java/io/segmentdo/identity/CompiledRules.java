package io.segmentdo.identity;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.commons.codec.digest.MurmurHash3;
import org.jspecify.annotations.Nullable;

/** The rules of a workspace in the form in which they are asked. Immutable. */
final class CompiledRules {
    /** Longer values are no identifiers. */
    private static final int VALUE_CHARACTERS_MAX = 500;

    private final IdentityRules rules;
    private final Map<String, IdentifierRule> byType = new HashMap<>();
    private final Map<String, Integer> priorities = new HashMap<>();
    private final BlockedValues blocked;
    private final Map<String, BlockedValues> blockedByType = new HashMap<>();
    private final MentionReader mentionReader;
    private final long version;

    CompiledRules(IdentityRules rules) {
        this.rules = rules;
        for (IdentifierRule rule : rules.identifiers()) {
            priorities.put(rule.type(), priorities.size());
            byType.put(rule.type(), rule);
            if (!rule.blockedValues().isEmpty() || !rule.blockedPatterns().isEmpty()) {
                blockedByType.put(rule.type(), new BlockedValues(rule.blockedValues(), rule.blockedPatterns()));
            }
        }
        this.blocked = new BlockedValues(rules.blockedValues(), rules.blockedPatterns());
        this.mentionReader = new MentionReader(this, rules.identifiers());
        byte[] text = Frames.utf8(rules.toString());
        this.version = MurmurHash3.hash128x64(text, 0, text.length, 0)[0];
    }

    /** Names these rules: refusals that were made under others are tried again. */
    long version() {
        return version;
    }

    MentionReader mentionReader() {
        return mentionReader;
    }

    boolean isLastTouch() {
        return rules.sharedDevice() == IdentityRules.SharedDevice.LAST_TOUCH;
    }

    int limit(String type) {
        IdentifierRule rule = byType.get(type);
        if (rule != null && rule.limit() > 0) {
            return rule.limit();
        }
        return type.equals(ActorId.USER) ? 1 : rules.limit();
    }

    /** Whether a value names somebody. */
    boolean allows(String value) {
        return !value.isBlank()
                && value.length() <= VALUE_CHARACTERS_MAX
                && value.indexOf('\0') < 0
                && !blocked.contains(value);
    }

    /** Whether a value of a type names somebody. */
    boolean allows(String type, String value) {
        BlockedValues ofType = blockedByType.get(type);
        return allows(value) && (ofType == null || !ofType.contains(value));
    }

    /** Identifiers in the order in which they are tried: by priority, then type, then value. */
    Comparator<ActorId> byPriority() {
        return Comparator.comparingInt((ActorId id) -> priority(id.type())).thenComparing(Comparator.naturalOrder());
    }

    private int priority(String type) {
        int unnamed = type.equals(ActorId.USER) ? -1 : Integer.MAX_VALUE;
        return priorities.getOrDefault(type, unnamed);
    }

    /** The user ids of a person are limited for all time, so that a full profile need not ask. */
    boolean isFullOfUsers(Actor root) {
        IdentifierRule rule = byType.get(ActorId.USER);
        boolean isForEver = rule == null || rule.window() == IdentifierRule.Window.EVER;
        return isForEver && root.count(ActorId.USER) >= limit(ActorId.USER);
    }

    /**
     * Why two sets of identifiers may not become one person, or null when they may. A type counts only where both sides
     * bring it, so that a profile that is over its limit already stays open for everything else.
     */
    @Nullable
    Refusal refusal(Map<ActorId, Long> left, Map<ActorId, Long> right, boolean isExplicit, long nowMillis) {
        if (left.size() + right.size() > rules.identifiersMax()) {
            return Refusal.forGood("limit:identifiers");
        }
        boolean isLeftSmaller = left.size() <= right.size();
        Map<ActorId, Long> smaller = isLeftSmaller ? left : right;
        Map<ActorId, Long> larger = isLeftSmaller ? right : left;
        for (String type : typesOf(smaller)) {
            if (isExplicit && type.equals(ActorId.USER)) {
                continue;
            }
            List<Long> mine = counted(smaller, type, nowMillis);
            List<Long> theirs = counted(larger, type, nowMillis);
            if (!mine.isEmpty() && !theirs.isEmpty() && mine.size() + theirs.size() > limit(type)) {
                long oldest = Math.min(Collections.min(mine), Collections.min(theirs));
                return new Refusal("limit:" + type, window(type).end(oldest));
            }
        }
        return null;
    }

    private List<String> typesOf(Map<ActorId, Long> members) {
        return members.size() == 1
                ? List.of(members.keySet().iterator().next().type())
                : members.keySet().stream()
                        .map(ActorId::type)
                        .distinct()
                        .sorted()
                        .toList();
    }

    /** When those identifiers of a type were linked that its limit counts. */
    private List<Long> counted(Map<ActorId, Long> members, String type, long nowMillis) {
        IdentifierRule.Window window = window(type);
        List<Long> counted = new ArrayList<>();
        members.forEach((id, since) -> {
            if (id.is(type) && window.covers(since, nowMillis)) {
                counted.add(since);
            }
        });
        return counted;
    }

    private IdentifierRule.Window window(String type) {
        IdentifierRule rule = byType.get(type);
        return rule == null ? IdentifierRule.Window.EVER : rule.window();
    }
}
