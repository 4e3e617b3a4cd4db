package io.segmentdo.identity;

import io.segmentdo.event.FrameReader;
import io.segmentdo.event.FrameWriter;

/** The counters of a workspace's ledger. Confined to its lane. */
final class LedgerHead {
    final String workspace;
    private long facts;
    private long ranks;

    LedgerHead(String workspace) {
        this.workspace = workspace;
    }

    /** The number of the next fact, from 1 on. */
    long nextFact() {
        return ++facts;
    }

    /** The next rank: the lower, the older. */
    long nextRank() {
        return ++ranks;
    }

    long facts() {
        return facts;
    }

    byte[] toBytes() {
        return new FrameWriter(18).putSize(facts).putSize(ranks).toBytes();
    }

    static LedgerHead read(String workspace, byte[] bytes) {
        FrameReader frame = new FrameReader(bytes);
        LedgerHead head = new LedgerHead(workspace);
        head.facts = frame.readSize();
        head.ranks = frame.readSize();
        frame.expectEnd();
        return head;
    }
}
