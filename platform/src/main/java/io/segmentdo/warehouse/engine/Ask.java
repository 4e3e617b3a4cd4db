package io.segmentdo.warehouse.engine;

/** What the node asks an engine for. Immutable. */
sealed interface Ask {
    /** What a query needs, and whether it may run. */
    record Analyse(String sql) implements Ask {}

    /** The rows of a query. */
    record Run(String sql, Dataset dataset, ResultForm form, Limits limits) implements Ask {}

    /**
     * The rows of a query in files.
     *
     * @param target the file, or with partitions the directory, which is there and empty
     * @param options of DuckDB's COPY, without parentheses
     */
    record Copy(String sql, Dataset dataset, String target, String options, Limits limits) implements Ask {}
}
