package io.segmentdo.source;

/** What kind of sender a source is; it decides whether the peer address is the user's own. Immutable. */
public enum SourceKind {
    BROWSER,
    MOBILE,
    SERVER
}
