package io.segmentdo.event;

import org.jspecify.annotations.Nullable;

/** One event as the scanner found it in a body; used again for other events. Confined to its owner's thread. */
final class Draft {
    /** Members that an event must not have twice, since they are decided by or written anew. */
    static final int TYPE = 1;

    static final int MESSAGE_ID = 1 << 1;
    static final int USER_ID = 1 << 2;
    static final int ANONYMOUS_ID = 1 << 3;
    static final int GROUP_ID = 1 << 4;
    static final int PREVIOUS_ID = 1 << 5;
    static final int TIMESTAMP = 1 << 6;
    static final int SENT_AT = 1 << 7;
    static final int ORIGINAL_TIMESTAMP = 1 << 8;
    static final int CONTEXT = 1 << 9;
    static final int INTEGRATIONS = 1 << 10;
    static final int PROPERTIES = 1 << 11;
    static final int TRAITS = 1 << 12;
    static final int EVENT = 1 << 13;
    static final int CHANNEL = 1 << 14;

    private static final byte[] NOTHING = {};

    /** The bytes that all positions refer to. */
    byte[] source = NOTHING;
    /** The opening brace. */
    int from;
    /** The first byte behind the closing brace. */
    int to;
    /** The first thing found wrong, null when the event is fine. */
    @Nullable
    DiscardReason problem;

    @Nullable
    EventType type;

    @Nullable
    String messageId;

    @Nullable
    String userId;

    @Nullable
    String anonymousId;

    @Nullable
    String groupId;

    @Nullable
    String previousId;

    @Nullable
    String writeKey;

    long timestampMillis;
    long sentAtMillis;
    /** The value of the incoming timestamp as it was sent, -1 without one. */
    int timestampFrom;

    int timestampTo;

    long originalMillis;
    /** The value of the incoming originalTimestamp, -1 without one. */
    int originalFrom;

    int originalTo;

    /** Members seen. */
    int seen;
    /** Members cut because they are written anew: ids that were numbers, a type given by the path. */
    int rewritten;

    boolean hasDuplicates;
    boolean isEventNamed;
    boolean isEventOther;
    boolean isConsentUpdate;
    boolean isNameOther;
    boolean isCategoryOther;
    boolean hasIp;
    boolean isDirect;
    boolean hasUserAgent;
    boolean hasChannel;
    boolean isTruncated;

    final Part context = new Part();
    final Part integrations = new Part();
    final Part properties = new Part();
    final Part traits = new Part();
    final Cuts cuts = new Cuts();
    final Cuts writeKeys = new Cuts();

    Draft clear() {
        source = NOTHING;
        from = -1;
        to = -1;
        problem = null;
        type = null;
        messageId = null;
        userId = null;
        anonymousId = null;
        groupId = null;
        previousId = null;
        writeKey = null;
        timestampMillis = Timestamps.NONE;
        sentAtMillis = Timestamps.NONE;
        timestampFrom = -1;
        timestampTo = -1;
        originalMillis = Timestamps.NONE;
        originalFrom = -1;
        originalTo = -1;
        seen = 0;
        rewritten = 0;
        hasDuplicates = false;
        isEventNamed = false;
        isEventOther = false;
        isConsentUpdate = false;
        isNameOther = false;
        isCategoryOther = false;
        hasIp = false;
        isDirect = false;
        hasUserAgent = false;
        hasChannel = false;
        isTruncated = false;
        context.clear();
        integrations.clear();
        properties.clear();
        traits.clear();
        cuts.clear();
        writeKeys.clear();
        return this;
    }

    /** Remembers what is wrong, unless something was wrong before. */
    void reject(DiscardReason reason) {
        if (problem == null) {
            problem = reason;
        }
    }

    boolean has(int member) {
        return (seen & member) != 0;
    }
}
