package io.segmentdo.identity;

/** What the actors of one partition do with a message; {@link Actors} is the one that runs. Confined to its lane. */
@FunctionalInterface
interface Protocol {
    void deliver(Message message);
}
