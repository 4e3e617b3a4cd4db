package io.segmentdo.collect;

/** What is to be done with a request whose body has been understood. */
sealed interface Judgement {
    /** Its events are taken, as far as they are good. */
    record Taken(Accepted accepted) implements Judgement {}

    /** It is turned away as a whole. */
    record Refused(Refusal refusal) implements Judgement {}
}
