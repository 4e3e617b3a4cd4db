package io.segmentdo.identity;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.apache.commons.codec.digest.MurmurHash3;
import org.jspecify.annotations.Nullable;

/**
 * An identifier within a workspace, which is the address of its actor. Groups and the ledger of a workspace are
 * addressed in the same way, with types that no identifier can have.
 *
 * <p>Immutable.
 */
public final class ActorId implements Comparable<ActorId> {
    /** The type of {@code userId}. */
    public static final String USER = "user_id";

    /** The type of {@code anonymousId}. */
    public static final String ANONYMOUS = "anonymous_id";

    static final String GROUP = "$group";
    static final String LEDGER = "$ledger";
    static final String NOBODY = "$nobody";

    private final String workspace;
    private final String type;
    private final String value;
    private final int hash;

    // found out when first asked for, by any thread with the same result
    private byte @Nullable [] key;
    private int place;

    private ActorId(String workspace, String type, String value) {
        this.workspace = workspace;
        this.type = type;
        this.value = value;
        this.hash = (value.hashCode() * 31 + type.hashCode()) * 31 + workspace.hashCode();
    }

    /** An identifier; its type is lower-case, e.g. {@code email}. */
    public static ActorId of(String workspace, String type, String value) {
        return new ActorId(workspace, type, value);
    }

    /** An identifier as events and requests show it: e-mail addresses are compared in lower case. */
    public static ActorId seen(String workspace, String type, String value) {
        return of(workspace, type, type.equals("email") ? value.strip().toLowerCase(Locale.ROOT) : value);
    }

    /** A group. */
    public static ActorId group(String workspace, String groupId) {
        return new ActorId(workspace, GROUP, groupId);
    }

    static ActorId ledger(String workspace) {
        return new ActorId(workspace, LEDGER, "");
    }

    public String workspace() {
        return workspace;
    }

    public String type() {
        return type;
    }

    public String value() {
        return value;
    }

    /** Whether it is a group's. */
    public boolean isGroup() {
        return is(GROUP);
    }

    boolean is(String otherType) {
        return type.equals(otherType);
    }

    /** The same value under another type. */
    ActorId as(String otherType) {
        return new ActorId(workspace, otherType, value);
    }

    /** The stable bytes by which it is stored and hashed; shared, not copied. */
    byte[] key() {
        byte[] known = key;
        if (known == null) {
            known = (workspace + '\0' + type + '\0' + value).getBytes(StandardCharsets.UTF_8);
            key = known;
        }
        return known;
    }

    /** The partition where its actor lives, the same for the life of a store. */
    public int partition(int partitions) {
        int known = place;
        if (known == 0) {
            byte[] bytes = key();
            known = MurmurHash3.hash32x86(bytes, 0, bytes.length, 0) & Integer.MAX_VALUE;
            place = known;
        }
        return known % partitions;
    }

    /** The public id of the profile that it is the root of, in its n-th life. */
    String profileId(int generation) {
        byte[] bytes = key();
        long[] halves = MurmurHash3.hash128x64(bytes, 0, bytes.length, generation);
        StringBuilder id = new StringBuilder(32);
        appendHex(id, halves[0]);
        appendHex(id, halves[1]);
        return id.toString();
    }

    private static void appendHex(StringBuilder text, long value) {
        for (int shift = 60; shift >= 0; shift -= 4) {
            text.append(Character.forDigit((int) (value >>> shift) & 15, 16));
        }
    }

    @Override
    public int compareTo(ActorId that) {
        int byWorkspace = workspace.compareTo(that.workspace);
        int byType = byWorkspace != 0 ? byWorkspace : type.compareTo(that.type);
        return byType != 0 ? byType : value.compareTo(that.value);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other == this
                || (other instanceof ActorId that
                        && hash == that.hash
                        && value.equals(that.value)
                        && type.equals(that.type)
                        && workspace.equals(that.workspace));
    }

    @Override
    public int hashCode() {
        return hash;
    }

    @Override
    public String toString() {
        return workspace + "/" + type + ":" + value;
    }
}
