package io.segmentdo.event;

import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Builds the enriched JSON of an event: what was sent, byte for byte, around the members that change, and those behind
 * it. Confined to its parser's thread.
 */
final class EventWriter {
    private final Envelope envelope;
    private final JsonOutput out = new JsonOutput(8_192);

    EventWriter(Envelope envelope) {
        this.envelope = envelope;
    }

    Event event(Draft draft, Arrival arrival, Supplier<String> messageIds) {
        EventType type = Objects.requireNonNull(draft.type);
        String messageId = draft.messageId == null ? messageIds.get() : draft.messageId;
        long timestamp = timestamp(draft, arrival.receivedAtMillis());
        String ip = ip(draft, arrival);
        String userAgent = draft.hasUserAgent || envelope.hasUserAgent ? null : arrival.userAgent();

        boolean isContextNew = draft.context.form != Part.Form.OBJECT
                || ip != null
                || userAgent != null
                || Envelope.adds(envelope.context, draft.context.names);
        boolean areIntegrationsNew = draft.integrations.form != Part.Form.OBJECT
                || Envelope.adds(envelope.integrations, draft.integrations.names);
        replace(draft.context, isContextNew, draft);
        replace(draft.integrations, areIntegrationsNew, draft);
        replace(draft.properties, draft.properties.isRewritten, draft);
        replace(draft.traits, draft.traits.isRewritten, draft);

        out.clear().put('{');
        draft.cuts.copyRest(draft.source, draft.from + 1, draft.to - 1, out);
        ids(draft, type, messageId);
        if (isContextNew) {
            context(draft, ip, userAgent);
        }
        if (areIntegrationsNew) {
            out.name("integrations").put('{');
            draft.integrations.copyMembers(draft.source, out);
            envelope.inherit(envelope.integrations, draft.integrations.names, out);
            out.put('}');
        }
        rewritten("properties", draft.properties, draft);
        rewritten("traits", draft.traits, draft);
        times(draft, timestamp, arrival);
        return new Event(
                type,
                arrival.origin().workspace(),
                arrival.origin().source(),
                messageId,
                draft.userId,
                draft.anonymousId,
                draft.groupId,
                draft.previousId,
                timestamp,
                arrival.receivedAtMillis(),
                Utf8Json.of(out.copy()));
    }

    /** The moment of the event by our clock: as long before the arrival as it was before the sending, by the sender's clock. */
    private long timestamp(Draft draft, long receivedAtMillis) {
        long original = draft.timestampMillis;
        if (original == Timestamps.NONE) {
            return receivedAtMillis;
        }
        long sentAt = draft.has(Draft.SENT_AT) ? draft.sentAtMillis : envelope.sentAtMillis;
        if (sentAt == Timestamps.NONE) {
            return original;
        }
        long corrected = receivedAtMillis - (sentAt - original);
        return Timestamps.isWritable(corrected) ? corrected : original;
    }

    /** The address to fill in, or null: never over a given one, never that of a customer's backend. */
    private @Nullable String ip(Draft draft, Arrival arrival) {
        boolean isUsers = arrival.origin().isClientSide() || arrival.isDirect() || draft.isDirect || envelope.isDirect;
        return isUsers && !draft.hasIp && !envelope.hasIp ? arrival.ip() : null;
    }

    /** Leaves a part out of what is copied, since it is written behind it. */
    private static void replace(Part part, boolean isReplaced, Draft draft) {
        if (isReplaced && part.memberFrom >= 0) {
            draft.cuts.add(part.memberFrom, part.memberTo);
        }
    }

    private void ids(Draft draft, EventType type, String messageId) {
        if (!draft.has(Draft.TYPE) || (draft.rewritten & Draft.TYPE) != 0) {
            out.name("type").text(type.wireName());
        }
        if (draft.messageId == null || (draft.rewritten & Draft.MESSAGE_ID) != 0) {
            out.name("messageId").text(messageId);
        }
        if (draft.rewritten != 0) {
            id("userId", Draft.USER_ID, draft.userId, draft);
            id("anonymousId", Draft.ANONYMOUS_ID, draft.anonymousId, draft);
            id("groupId", Draft.GROUP_ID, draft.groupId, draft);
            id("previousId", Draft.PREVIOUS_ID, draft.previousId, draft);
        }
    }

    private void id(String name, int member, @Nullable String id, Draft draft) {
        if ((draft.rewritten & member) != 0 && id != null) {
            out.name(name).text(id);
        }
    }

    private void context(Draft draft, @Nullable String ip, @Nullable String userAgent) {
        out.name("context").put('{');
        draft.context.copyMembers(draft.source, out);
        envelope.inherit(envelope.context, draft.context.names, out);
        if (ip != null) {
            out.name("ip").text(ip);
        }
        if (userAgent != null) {
            out.name("userAgent").text(userAgent);
        }
        out.put('}');
    }

    private void rewritten(String name, Part part, Draft draft) {
        if (part.isRewritten) {
            out.name(name).put('{');
            part.copyMembers(draft.source, out);
            out.put('}');
        }
    }

    private void times(Draft draft, long timestamp, Arrival arrival) {
        if (!draft.has(Draft.SENT_AT) && envelope.sentAtFrom >= 0) {
            out.name("sentAt").put(envelope.source, envelope.sentAtFrom, envelope.sentAtTo);
        }
        if (draft.timestampFrom >= 0) {
            out.name("originalTimestamp").put(draft.source, draft.timestampFrom, draft.timestampTo);
        }
        out.name("timestamp").time(timestamp);
        out.name("receivedAt").time(arrival.receivedAtMillis());
        byte[] channel = arrival.origin().channelMember;
        if (!draft.hasChannel) {
            out.members(channel, 0, channel.length);
        }
        byte[] rest = arrival.origin().versionAndProjectMembers;
        out.members(rest, 0, rest.length).put('}');
    }
}
