package io.segmentdo.webhook;

import io.segmentdo.testkit.DestinationContract;
import io.segmentdo.testkit.Fixture;

/** The contract again, with several events in one request. */
class WebhookBatchTest extends DestinationContract {
    @Override
    protected Fixture fixture() {
        return Fixture.of(new WebhookDestination())
                .with("url", "https://example.com/hook")
                .with("sharedSecret", "correct-horse-battery")
                .with("batchSize", 50);
    }
}
