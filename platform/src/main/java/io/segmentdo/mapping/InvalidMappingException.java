package io.segmentdo.mapping;

import io.segmentdo.problem.PlatformException;
import io.segmentdo.problem.Problem;
import java.util.ArrayList;
import java.util.List;

/** A mapping that cannot be compiled, with everything that is wrong with it. */
public final class InvalidMappingException extends PlatformException {
    private static final long serialVersionUID = 1;
    private final ArrayList<MappingProblem> problems;

    InvalidMappingException(List<MappingProblem> problems) {
        super(
                Problem.INVALID_CONFIG,
                String.join(
                        "; ", problems.stream().map(MappingProblem::toString).toList()));
        this.problems = new ArrayList<>(problems);
    }

    /** All faults, in the order of the mapping; at least one. */
    public List<MappingProblem> problems() {
        return List.copyOf(problems);
    }
}
