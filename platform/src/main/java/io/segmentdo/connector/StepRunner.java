package io.segmentdo.connector;

import io.segmentdo.api.Delivery;
import io.segmentdo.api.HttpRequest;
import io.segmentdo.api.HttpResponse;
import io.segmentdo.mapping.MappingException;
import io.segmentdo.mapping.Scope;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Sends the requests of steps, one after another. What an earlier attempt has delivered of a list is not sent again, and
 * credentials that were refused are renewed once. Confined to the thread of its connector.
 */
final class StepRunner {
    /** Says that the events are to be tried again in smaller groups. */
    static final Delivery SPLIT = Delivery.retry("to be split");

    private final Protocol protocol;
    private final Memory memory = new Memory(new Recent<>(), new Recent<>());

    StepRunner(Protocol protocol) {
        this.protocol = protocol;
    }

    /**
     * What is to be done.
     *
     * @param steps at least one
     * @param rules what responses mean
     * @param scope what mappings see
     * @param events how many outcomes a response has
     * @param key names it, the same in every attempt; null where parts of it are not remembered
     * @param finish completes a request before it gets credentials
     * @param splits whether a response means that there was too much in the request
     */
    record Job(
            List<StepPlan> steps,
            ResponseRules rules,
            Scope scope,
            int events,
            @Nullable Object key,
            UnaryOperator<HttpRequest> finish,
            Predicate<HttpResponse> splits) {}

    /**
     * What is known from earlier runs.
     *
     * @param captured by the keys of caches
     * @param delivered parts of lists that need not be sent again
     */
    record Memory(Recent<Captured> captured, Recent<Boolean> delivered) {}

    /** What a step captured, and until when that holds. */
    record Captured(Map<String, @Nullable Object> values, Instant until) {}

    /** One outcome for each, or a single one for all; whatever goes wrong is an outcome too. */
    List<Delivery> run(Job job) throws InterruptedException {
        try {
            return new StepRun(job, protocol, memory).outcomes();
        } catch (MappingException refused) {
            // taken apart, so that one event does not cost the others
            return List.of(job.events() > 1 ? SPLIT : Delivery.rejected(String.valueOf(refused.getMessage())));
        } catch (IllegalArgumentException noUrl) {
            // its message would repeat parts of the event
            return List.of(job.events() > 1 ? SPLIT : Delivery.rejected(DeclaredConnector.NO_REQUEST));
        } catch (UnauthorizedException refused) {
            return List.of(Delivery.unauthorized(refused.reason()));
        } catch (IOException noResponse) {
            return List.of(noResponse(noResponse));
        }
    }

    static Delivery noResponse(IOException failure) {
        return Delivery.retry("no response: " + failure.getClass().getSimpleName());
    }
}
