package io.segmentdo.config;

import io.segmentdo.problem.PlatformException;
import io.segmentdo.problem.Problem;
import java.util.List;
import java.util.stream.Collectors;

/** A configuration that cannot be used; names everything that is wrong with it at once. */
public final class ConfigException extends PlatformException {
    private static final long serialVersionUID = 1;
    private final transient List<ConfigProblem> problems;

    public ConfigException(List<ConfigProblem> problems) {
        super(
                Problem.INVALID_CONFIG,
                problems.stream().map(ConfigProblem::toString).collect(Collectors.joining("\n")));
        this.problems = List.copyOf(problems);
    }

    /** What is wrong, in the order of the files. */
    public List<ConfigProblem> problems() {
        return problems;
    }
}
