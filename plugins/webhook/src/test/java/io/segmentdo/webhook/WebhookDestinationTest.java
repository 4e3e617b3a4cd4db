package io.segmentdo.webhook;

import io.segmentdo.testkit.DestinationContract;
import io.segmentdo.testkit.Fixture;
import io.segmentdo.testkit.Golden;
import java.io.IOException;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

class WebhookDestinationTest extends DestinationContract {
    @Override
    protected Fixture fixture() {
        return Fixture.of(new WebhookDestination())
                .with("url", "https://example.com/hook")
                .with("sharedSecret", "correct-horse-battery");
    }

    @TestFactory
    Stream<DynamicTest> golden() throws IOException {
        return Golden.cases(new WebhookDestination());
    }
}
