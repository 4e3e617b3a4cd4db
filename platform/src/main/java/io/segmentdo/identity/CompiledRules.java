package io.segmentdo.identity;

import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The rules of a workspace in the form in which they are asked. Immutable. */
final class CompiledRules {
    /** Longer values are no identifiers. */
    private static final int VALUE_CHARACTERS_MAX = 500;

    private final IdentityRules rules;
    private final Map<String, IdentifierRule> byType = new HashMap<>();
    private final Map<String, Integer> priorities = new HashMap<>();
    private final Set<String> blockedValues;
    private final @Nullable Pattern blockedPattern;
    private final MentionReader mentionReader;

    CompiledRules(IdentityRules rules) {
        this.rules = rules;
        for (IdentifierRule rule : rules.identifiers()) {
            priorities.put(rule.type(), priorities.size());
            byType.put(rule.type(), rule);
        }
        this.blockedValues = new HashSet<>(rules.blockedValues());
        this.blockedPattern = rules.blockedPatterns().isEmpty()
                ? null
                : Pattern.compile("(?:" + String.join(")|(?:", rules.blockedPatterns()) + ")");
        this.mentionReader = new MentionReader(this, rules.identifiers());
    }

    int version() {
        return rules.version();
    }

    MentionReader mentionReader() {
        return mentionReader;
    }

    boolean isLastTouch() {
        return rules.sharedDevice() == IdentityRules.SharedDevice.LAST_TOUCH;
    }

    int limit(String type) {
        IdentifierRule rule = byType.get(type);
        return rule == null ? rules.limit() : rule.limit();
    }

    /** Whether a value names somebody. */
    boolean allows(String value) {
        return !value.isBlank()
                && value.length() <= VALUE_CHARACTERS_MAX
                && value.indexOf('\0') < 0
                && !blockedValues.contains(value)
                && (blockedPattern == null || !blockedPattern.matcher(value).matches());
    }

    /** Identifiers in the order in which they are tried: by priority, then type, then value. */
    Comparator<ActorId> byPriority() {
        return Comparator.comparingInt((ActorId id) -> priorities.getOrDefault(id.type(), Integer.MAX_VALUE))
                .thenComparing(Comparator.naturalOrder());
    }

    /**
     * Why two sets of identifiers may not become one person, or null when they may. A type counts only where both sides
     * bring it, so that a profile that is over its limit already stays open for everything else.
     */
    @Nullable
    String refusal(Map<ActorId, Long> left, Map<ActorId, Long> right, boolean isExplicit, long nowMillis) {
        if (left.size() + right.size() > rules.identifiersMax()) {
            return "limit:identifiers";
        }
        boolean isLeftSmaller = left.size() <= right.size();
        Map<ActorId, Long> smaller = isLeftSmaller ? left : right;
        Map<ActorId, Long> larger = isLeftSmaller ? right : left;
        for (String type : typesOf(smaller)) {
            if (isExplicit && type.equals(ActorId.USER)) {
                continue;
            }
            int mine = count(smaller, type, nowMillis);
            int theirs = count(larger, type, nowMillis);
            if (mine > 0 && theirs > 0 && mine + theirs > limit(type)) {
                return "limit:" + type;
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

    private int count(Map<ActorId, Long> members, String type, long nowMillis) {
        IdentifierRule rule = byType.get(type);
        IdentifierRule.Window window = rule == null ? IdentifierRule.Window.EVER : rule.window();
        int count = 0;
        for (Map.Entry<ActorId, Long> member : members.entrySet()) {
            if (member.getKey().is(type) && window.covers(member.getValue(), nowMillis)) {
                count++;
            }
        }
        return count;
    }
}
