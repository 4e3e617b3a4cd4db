package io.segmentdo.api;

import java.util.List;

/** Settings that do not fit the descriptor, or each other. The message names each setting and what was expected. */
public final class SettingsException extends RuntimeException {
    private static final long serialVersionUID = 1;

    @SuppressWarnings("serial") // an immutable list of texts
    private final List<String> problems;

    /** One problem, e.g. {@code url: nowhere (expected: an http or https URL)}. */
    public SettingsException(String problem) {
        this(List.of(problem));
    }

    /** All problems at once. */
    public SettingsException(List<String> problems) {
        super(String.join("; ", problems));
        this.problems = List.copyOf(problems);
    }

    /** One sentence each. */
    public List<String> problems() {
        return problems;
    }
}
