package io.segmentdo.event;

import java.util.ArrayList;
import java.util.List;

/** One of the objects inside an event that we look into: where it stands and what it consists of. Confined to its owner's thread. */
final class Part {
    enum Form {
        ABSENT,
        OBJECT,
        OTHER
    }

    Form form = Form.ABSENT;
    /** Where its member starts, -1 without one; set for {@code null} and {@code []} too. */
    int memberFrom;
    /** Where its member ends. */
    int memberTo;
    /** The opening brace. */
    int from;
    /** The names of its members, in order. */
    final List<String> names = new ArrayList<>();
    /** Members that are left out. */
    final Cuts cuts = new Cuts();
    /** Whether it has to be written anew even if nothing is added: an empty array, or something is cut. */
    boolean isRewritten;

    void clear() {
        form = Form.ABSENT;
        memberFrom = -1;
        memberTo = -1;
        from = -1;
        names.clear();
        cuts.clear();
        isRewritten = false;
    }

    /** Copies the members that it has, without the braces. */
    void copyMembers(byte[] source, JsonOutput out) {
        if (form == Form.OBJECT) {
            cuts.copyRest(source, from + 1, memberTo - 1, out);
        }
    }
}
