package io.segmentdo.event;

/**
 * Where events come from, with the parts of the enriched JSON that are the same for all of them.
 *
 * <p>Made once per source. Immutable.
 */
public final class Origin {
    private final String workspace;
    private final String source;
    private final boolean clientSide;
    final byte[] channelMember;
    final byte[] versionAndProjectMembers;

    /**
     * Describes a source.
     *
     * @param workspace the workspace it belongs to
     * @param source its id
     * @param channel {@code browser}, {@code mobile} or {@code server}
     * @param clientSide whether its senders are the users themselves, so that the peer address is theirs
     */
    public Origin(String workspace, String source, String channel, boolean clientSide) {
        this.workspace = workspace;
        this.source = source;
        this.clientSide = clientSide;
        this.channelMember = new JsonOutput(32).name("channel").text(channel).copy();
        this.versionAndProjectMembers = new JsonOutput(64)
                .name("version")
                .ascii("2")
                .name("projectId")
                .text(source)
                .copy();
    }

    public String workspace() {
        return workspace;
    }

    public String source() {
        return source;
    }

    boolean isClientSide() {
        return clientSide;
    }
}
