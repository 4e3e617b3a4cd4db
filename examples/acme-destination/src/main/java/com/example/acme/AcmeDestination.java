package com.example.acme;

import io.segmentdo.api.Batching;
import io.segmentdo.api.Connector;
import io.segmentdo.api.Descriptor;
import io.segmentdo.api.Destination;
import io.segmentdo.api.DestinationContext;
import io.segmentdo.api.Setting;
import io.segmentdo.api.Settings;
import java.time.Duration;

/** Sends every event to Acme, up to fifty at once. */
public final class AcmeDestination implements Destination {
    @Override
    public Descriptor descriptor() {
        return Descriptor.of("acme-java", "Acme")
                .description("Sends every event to Acme.")
                .settings(
                        Setting.url("url").label("URL").help("Where Acme takes events.").required(),
                        Setting.secret("apiKey").label("API key").help("Of your account at Acme.").required())
                .batching(new Batching(50, 1 << 20, Duration.ofMillis(100)));
    }

    @Override
    public Connector connect(Settings settings, DestinationContext context) {
        return new AcmeConnector(settings, context);
    }
}
