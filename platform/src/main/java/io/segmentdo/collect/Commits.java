package io.segmentdo.collect;

import io.vertx.core.Future;

/** Tells when events that are durable have been committed by the owners of their identities too. */
@FunctionalInterface
public interface Commits {
    /** Completes when everything up to and including this position of the log is committed; may never complete. */
    Future<Void> committed(long position);
}
