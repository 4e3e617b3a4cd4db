package io.segmentdo.connector;

import io.segmentdo.problem.PlatformException;
import io.segmentdo.problem.Problem;
import java.util.ArrayList;
import java.util.List;

/** A connector file that cannot be used, with everything that is wrong with it. */
public final class InvalidConnectorException extends PlatformException {
    private static final long serialVersionUID = 1;

    @SuppressWarnings("serial") // problems of a file hold texts and numbers
    private final ArrayList<ConnectorProblem> problems;

    InvalidConnectorException(List<ConnectorProblem> problems) {
        super(
                Problem.INVALID_CONFIG,
                String.join(
                        "\n", problems.stream().map(ConnectorProblem::toString).toList()));
        this.problems = new ArrayList<>(problems);
    }

    /** All faults, in the order in which they were found; at least one. */
    public List<ConnectorProblem> problems() {
        return List.copyOf(problems);
    }
}
