package io.segmentdo.warehouse.query;

import io.segmentdo.warehouse.engine.Analysis;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.expressions.Expression;
import org.apache.iceberg.expressions.Expressions;

/**
 * Which rows of the events a query can need at all, so that files without them are not opened. Pure.
 */
final class Pruning {
    private Pruning() {}

    /**
     * True for every row that some place of the query needs.
     *
     * @param implied what the view that is read there says by itself, by its name
     */
    static Expression filter(List<Analysis.Use> uses, Map<String, Expression> implied) {
        Expression any = Expressions.alwaysFalse();
        for (Analysis.Use use : uses) {
            Expression here = implied.get(use.name());
            if (here != null) {
                for (Analysis.Bound bound : use.bounds()) {
                    here = Expressions.and(here, expression(bound));
                }
                any = Expressions.or(any, here);
            }
        }
        return any;
    }

    private static Expression expression(Analysis.Bound bound) {
        Long micros = bound.micros();
        String text = bound.text();
        if (micros != null) {
            Expression from = Expressions.greaterThanOrEqual(bound.column(), micros - Analysis.MARGIN_MICROS);
            Expression to = Expressions.lessThanOrEqual(bound.column(), micros + Analysis.MARGIN_MICROS);
            return switch (bound.operator()) {
                case ">", ">=" -> from;
                case "<", "<=" -> to;
                case "=" -> Expressions.and(from, to);
                default -> Expressions.alwaysTrue();
            };
        }
        return text != null && bound.operator().equals("=")
                ? Expressions.equal(bound.column(), text)
                : Expressions.alwaysTrue();
    }
}
