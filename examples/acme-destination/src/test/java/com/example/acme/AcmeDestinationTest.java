package com.example.acme;

import io.segmentdo.testkit.DestinationContract;
import io.segmentdo.testkit.Fixture;

class AcmeDestinationTest extends DestinationContract {
    @Override
    protected Fixture fixture() {
        return Fixture.of(new AcmeDestination())
                .with("url", "https://api.acme.example/events")
                .with("apiKey", "correct-horse-battery");
    }
}
