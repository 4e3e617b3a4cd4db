package io.segmentdo.event;

/** What stands in the outbox of a partition, in the order of its commits: events, and what became of profiles. */
public sealed interface OutboxEntry permits IdentifiedEvent, ProfileFact {
    /** The identity partition whose outbox holds it. */
    int partition();

    /** Its place in that outbox; grows by one with each entry, starting at 1. */
    long position();

    /** The profile that it is about. */
    String profileId();
}
