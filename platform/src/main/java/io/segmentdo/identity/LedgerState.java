package io.segmentdo.identity;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a {@link Ledger} sees of where it runs: its nodes and counters, and where effects go. Confined to one thread. */
interface LedgerState {
    CompiledRules rules(String workspace);

    /** What the ledger knows about an identifier, null when nothing. */
    @Nullable
    LedgerNode findNode(ActorId id);

    void changed(LedgerNode node);

    /** The counters of a workspace's ledger. */
    LedgerHead head(String workspace);

    /** Appends a fact to the ledger. */
    void append(Fact fact);

    /** The ledger's answer to whoever made a request. */
    void decided(Decision.Verdict answer);

    /** Puts a request at the end of those that a workspace's ledger answers later. */
    void await(Message.ToLedger request);

    /** Takes all such requests, in their order. */
    List<Message.ToLedger> takeWaiting(String workspace);

    /** Sends a message, after the commit. */
    void send(Message message);
}
