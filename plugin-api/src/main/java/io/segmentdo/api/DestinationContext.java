package io.segmentdo.api;

import java.time.InstantSource;
import org.slf4j.Logger;

/** What the platform lends to a connector for as long as that lives. Safe for concurrent use. */
public interface DestinationContext {
    /** Names the configured destination: {@code <workspace>/<id>}. */
    String destination();

    /** The time; use it instead of the system's, so that tests can turn it. */
    InstantSource clock();

    /** Log without payloads and secrets. */
    Logger logger();

    /** Sends requests and waits for their responses. */
    HttpSender http();

    /** Writes and reads JSON. */
    Json json();

    /** Values that the platform keeps for this configured destination, also over restarts; without one, none are kept. */
    default ConnectorState state() {
        return ConnectorState.NONE;
    }
}
