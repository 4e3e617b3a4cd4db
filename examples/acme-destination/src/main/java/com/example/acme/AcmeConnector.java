package com.example.acme;

import io.segmentdo.api.Delivery;
import io.segmentdo.api.DestinationContext;
import io.segmentdo.api.HttpConnector;
import io.segmentdo.api.HttpRequest;
import io.segmentdo.api.HttpResponse;
import io.segmentdo.api.OutboundEvent;
import io.segmentdo.api.ResponseClasses;
import io.segmentdo.api.Settings;
import io.segmentdo.api.Step;
import java.net.URI;
import java.util.List;

/** One request for the events of a batch, an array of them. */
final class AcmeConnector implements HttpConnector {
    private final URI url;
    private final String apiKey;
    private final DestinationContext context;

    AcmeConnector(Settings settings, DestinationContext context) {
        this.url = settings.url("url");
        this.apiKey = settings.text("apiKey");
        this.context = context;
    }

    @Override
    public List<Step> steps(List<OutboundEvent> batch) {
        byte[] body =
                context.json().write(batch.stream().map(OutboundEvent::payload).toList());
        HttpRequest request = HttpRequest.postJson(url, body).header("Authorization", "Bearer " + apiKey);
        return List.of(Step.send(request, batch));
    }

    @Override
    public List<Delivery> outcomes(Step.Send step, HttpResponse response) {
        return List.of(ResponseClasses.classify(response, context.clock().instant()));
    }
}
