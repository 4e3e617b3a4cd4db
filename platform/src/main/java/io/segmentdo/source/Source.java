package io.segmentdo.source;

import java.util.List;

/**
 * One sender of events: a website, an app, a backend.
 *
 * <p>Immutable.
 *
 * @param workspace the workspace it belongs to
 * @param id its id, unique within the workspace
 * @param kind what kind of sender it is
 * @param enabled whether its events are taken; those of a disabled source are discarded and counted
 * @param writeKeys the keys that its SDKs send, any of which is valid
 */
public record Source(String workspace, String id, SourceKind kind, boolean enabled, List<String> writeKeys) {
    public Source {
        writeKeys = List.copyOf(writeKeys);
    }

    /** Names the source in metrics, samples and logs: {@code <workspace>/<id>}. */
    public String key() {
        return workspace + "/" + id;
    }
}
