package io.segmentdo.collect;

import io.segmentdo.source.Source;
import java.util.List;

/** The destinations that the platform serves for a source, so that its SDKs do not. Safe for concurrent use. */
@FunctionalInterface
public interface CloudDestinations {
    /** Their names as they stand in {@code integrations} of an event. */
    List<String> of(Source source);
}
