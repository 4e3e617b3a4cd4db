package io.segmentdo.api;

import java.io.IOException;
import java.util.List;

/**
 * One action of a connector file that is written in Java: the file says {@code java: com.example.MyAction}, and the class
 * lies in the same JAR.
 *
 * <p>There is one instance per configured destination, made by its public constructor without arguments. Threads as in
 * {@link Connector}.
 */
public interface CodedAction {
    /**
     * Delivers a batch.
     *
     * @param batch at least one event of this action, in the order of the outbox
     * @param settings complete and valid by the connector file
     * @param context whose HTTP client adds the credentials that the file declares
     * @return one outcome for each event, in their order, or a single one for all
     * @throws IOException when the destination did not answer: all of them are tried again
     * @throws InterruptedException when the platform ends the call
     */
    List<Delivery> deliver(List<OutboundEvent> batch, Settings settings, DestinationContext context)
            throws IOException, InterruptedException;
}
