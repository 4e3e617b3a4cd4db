package io.segmentdo.identity;

/**
 * Where the owner of a partition takes mail: one lane of one member.
 *
 * <p>Immutable.
 *
 * @param member names the member, a fresh name with each of its starts
 * @param lane the number of the lane on that member, from zero
 */
public record Place(String member, int lane) {
    /** Where the lane takes batches. */
    public String address() {
        return "identity." + lane + "@" + member;
    }

    /** Where the lane is asked about what it owns. */
    String questionAddress() {
        return "identity." + lane + ".questions@" + member;
    }

    /** Where the lane takes what other lanes have for it. */
    String mailAddress() {
        return "identity." + lane + ".mail@" + member;
    }
}
