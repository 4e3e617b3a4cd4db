package io.segmentdo.warehouse.query;

import io.segmentdo.warehouse.engine.Limits;
import io.segmentdo.warehouse.engine.ResultForm;
import java.util.Optional;

/**
 * A query and how it is to be answered.
 *
 * <p>Immutable.
 *
 * @param id names it while it runs
 * @param workspace whose events it sees
 * @param sql one SELECT
 * @param form of the result
 * @param moment what it sees; the newest state when empty
 * @param fresh whether it also sees events that are not in the tables yet
 * @param limits what it may use
 */
public record QueryRequest(
        String id,
        String workspace,
        String sql,
        ResultForm form,
        Optional<Moment> moment,
        boolean fresh,
        Limits limits) {}
