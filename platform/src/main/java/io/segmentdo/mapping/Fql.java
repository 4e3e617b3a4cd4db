package io.segmentdo.mapping;

import io.segmentdo.event.EventType;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Segment's language of subscriptions, compiled: which events a destination takes.
 *
 * <p>Fields are {@code type}, {@code event}, {@code name}, {@code userId} and paths in {@code properties}, {@code traits},
 * {@code context}; conditions are {@code = != < <= > >=}, {@code contains(field, "text")}, {@code match(field, "text*")}
 * and their negations with {@code !}; they are joined by {@code and} or {@code or}, in brackets where both are needed.
 * {@code = null} tests for absence. Texts equal texts only, numbers numbers only. Immutable.
 */
public final class Fql {
    private static final Set<EventType> ALL = Set.of(EventType.values());

    private final String text;
    private final Predicate<Map<String, Object>> predicate;
    private final Set<EventType> possible;
    private final boolean decidedByType;

    private Fql(String text, Predicate<Map<String, Object>> predicate, Set<EventType> possible, boolean decidedByType) {
        this.text = text;
        this.predicate = predicate;
        this.possible = possible;
        this.decidedByType = decidedByType;
    }

    /**
     * Compiles an expression; blank text takes every event.
     *
     * @throws InvalidFqlException with the position, for what is no FQL and for what Segment accepts but misreads
     */
    public static Fql compile(String text) {
        return text.isBlank() ? new Fql(text, event -> true, ALL, true) : compile(text, FqlReading.OURS);
    }

    /**
     * Compiles an expression of an imported Segment configuration exactly as Segment reads it, misreadings included.
     *
     * @throws InvalidFqlException where Segment finds no meaning, so that the subscription never matched there
     */
    public static Fql compileAsSegment(String text) {
        return compile(text, FqlReading.SEGMENT);
    }

    private static Fql compile(String text, FqlReading reading) {
        FqlNode node = FqlParser.parse(text, reading);
        var possible = EnumSet.noneOf(EventType.class);
        boolean decided = true;
        for (EventType type : EventType.values()) {
            FqlVerdict verdict = FqlVerdict.of(node, type);
            decided &= verdict != FqlVerdict.MAYBE;
            if (verdict != FqlVerdict.NEVER) {
                possible.add(type);
            }
        }
        return new Fql(text, node.compile(), Set.copyOf(possible), decided);
    }

    /** Whether the subscription takes the event, given as parsed JSON. */
    public boolean matches(Map<String, Object> event) {
        return predicate.test(event);
    }

    /** Whether an event of that type may match, so that others need not be parsed at all. */
    public boolean mayMatch(EventType type) {
        return possible.contains(type);
    }

    /** The types that match, if the type alone decides; then no event needs to be parsed. */
    public Optional<Set<EventType>> onlyTypes() {
        return decidedByType ? Optional.of(possible) : Optional.empty();
    }

    /** The expression as written. */
    @Override
    public String toString() {
        return text;
    }
}
