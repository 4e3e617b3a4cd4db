package io.segmentdo.event;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a batch says about all of its events; empty for a single call. Confined to its owner's thread. */
final class Envelope {
    /** A member that events inherit, by its place in the body. */
    record Member(String name, int from, int to) {}

    byte[] source = {};

    @Nullable
    String writeKey;

    long sentAtMillis;
    /** The value of sentAt, -1 without one. */
    int sentAtFrom;

    int sentAtTo;
    final List<Member> context = new ArrayList<>();
    final List<Member> integrations = new ArrayList<>();
    boolean hasIp;
    boolean isDirect;
    boolean hasUserAgent;

    void clear(byte[] body) {
        source = body;
        writeKey = null;
        sentAtMillis = Timestamps.NONE;
        sentAtFrom = -1;
        sentAtTo = -1;
        context.clear();
        integrations.clear();
        hasIp = false;
        isDirect = false;
        hasUserAgent = false;
    }

    /** Whether an object with these members lacks one that the batch gives to all. */
    static boolean adds(List<Member> inherited, List<String> own) {
        for (Member member : inherited) {
            if (!own.contains(member.name)) {
                return true;
            }
        }
        return false;
    }

    /** Writes the members that an event does not have itself. */
    void inherit(List<Member> inherited, List<String> own, JsonOutput out) {
        for (Member member : inherited) {
            if (!own.contains(member.name)) {
                out.members(source, member.from, member.to);
            }
        }
    }
}
