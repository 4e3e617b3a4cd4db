package io.segmentdo.mapping;

import io.segmentdo.event.EventType;
import io.segmentdo.mapping.FqlNode.Condition;
import io.segmentdo.mapping.FqlNode.Field;
import io.segmentdo.mapping.FqlNode.Group;
import io.segmentdo.mapping.FqlNode.Junction;

/** What the type of an event alone says about an expression. */
enum FqlVerdict {
    NEVER,
    MAYBE,
    ALWAYS;

    static FqlVerdict of(FqlNode node, EventType type) {
        return switch (node) {
            case Condition condition ->
                condition.field() != Field.TYPE
                        ? MAYBE
                        : condition.operator().against(condition.value()).test(type.wireName()) ? ALWAYS : NEVER;
            case Group group -> {
                boolean all = group.junction() == Junction.AND;
                FqlVerdict verdict = all ? ALWAYS : NEVER;
                for (FqlNode child : group.children()) {
                    FqlVerdict next = of(child, type);
                    boolean decides = all ? next.compareTo(verdict) < 0 : next.compareTo(verdict) > 0;
                    verdict = decides ? next : verdict;
                }
                yield verdict;
            }
        };
    }
}
