package io.segmentdo.cluster;

import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Which partitions this node should own by now. Safe for concurrent use. */
interface Wish {
    /** The partitions; does not block. */
    Set<Integer> wanted();

    /** Whether it was ever known what this node should own. */
    default boolean isKnown() {
        return true;
    }

    /** Of a node on its own: all of them, always. */
    static Wish all(int partitions) {
        Set<Integer> all = IntStream.range(0, partitions).boxed().collect(Collectors.toUnmodifiableSet());
        return () -> all;
    }
}
