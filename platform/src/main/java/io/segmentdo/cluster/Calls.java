package io.segmentdo.cluster;

import io.segmentdo.identity.Colleagues;
import io.segmentdo.identity.Seal;
import io.segmentdo.problem.PlatformException;
import io.segmentdo.problem.Problem;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.Message;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Questions and answers between members, sealed like all that they say to each other; an answer names its question, so none
 * can be used again. Safe for concurrent use.
 */
final class Calls implements Colleagues {
    private static final Logger log = LoggerFactory.getLogger(Calls.class);
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final int REFUSED = 1;

    private record Envelope(String kind, String topic, String id, JsonObject body) {}

    private final Vertx vertx;
    private final Cluster cluster;
    private final Seal seal;
    private final DeliveryOptions options = new DeliveryOptions().setSendTimeout(PATIENCE.toMillis());

    Calls(Vertx vertx, Cluster cluster) {
        this.vertx = vertx;
        this.cluster = cluster;
        this.seal = cluster.seal();
    }

    @Override
    public void answer(String topic, Function<JsonObject, JsonObject> answer) {
        vertx.eventBus().<Object>consumer(address(topic, cluster.name()), message -> answer(topic, message, answer));
    }

    private void answer(String topic, Message<Object> message, Function<JsonObject, JsonObject> answer) {
        Envelope question;
        try {
            question = open(message.body(), "question", topic);
        } catch (PlatformException e) {
            log.atWarn().addKeyValue("topic", topic).log("A question was refused that no member of this cluster asked");
            message.fail(REFUSED, e.problem().code());
            return;
        }
        vertx.executeBlocking(() -> answer.apply(question.body), false)
                .onSuccess(body -> message.reply(seal(new Envelope("answer", topic, question.id, body))))
                .onFailure(e -> message.fail(REFUSED, String.valueOf(e.getMessage())));
    }

    @Override
    public Future<Answers> askAll(String topic, JsonObject body) {
        Map<String, Future<JsonObject>> asked = new HashMap<>();
        cluster.others().forEach(member -> asked.put(member, ask(member, topic, body)));
        return Future.join(List.copyOf(asked.values())).transform(ignored -> {
            Map<String, JsonObject> answers = new HashMap<>();
            List<String> silent = new ArrayList<>();
            asked.forEach((member, answer) -> {
                if (answer.succeeded()) {
                    answers.put(member, answer.result());
                } else {
                    silent.add(member);
                    log.atWarn()
                            .addKeyValue("member", member)
                            .addKeyValue("topic", topic)
                            .addKeyValue("reason", String.valueOf(answer.cause().getMessage()))
                            .log("A member did not answer a question");
                }
            });
            return Future.succeededFuture(new Answers(answers, silent));
        });
    }

    /** Asks one member. */
    Future<JsonObject> ask(String member, String topic, JsonObject body) {
        String id = UUID.randomUUID().toString();
        return vertx.eventBus()
                .<Object>request(address(topic, member), seal(new Envelope("question", topic, id, body)), options)
                .map(reply -> {
                    Envelope answer = open(reply.body(), "answer", topic);
                    if (!answer.id.equals(id)) {
                        throw new IllegalStateException("answer to another question");
                    }
                    return answer.body;
                });
    }

    /** Where a member is asked. */
    static String address(String topic, String member) {
        return topic + "@" + member;
    }

    private Buffer seal(Envelope envelope) {
        JsonObject written = new JsonObject()
                .put("kind", envelope.kind)
                .put("topic", envelope.topic)
                .put("id", envelope.id)
                .put("body", envelope.body);
        return Buffer.buffer(seal.seal(written.toBuffer().getBytes()));
    }

    private Envelope open(Object body, String kind, String topic) {
        byte[] sealed = body instanceof Buffer bytes ? bytes.getBytes() : new byte[0];
        JsonObject read = new JsonObject(Buffer.buffer(seal.open(sealed)));
        Envelope opened = new Envelope(
                read.getString("kind"), read.getString("topic"), read.getString("id"), read.getJsonObject("body"));
        if (!opened.kind.equals(kind) || !opened.topic.equals(topic)) {
            throw new PlatformException(Problem.UNAUTHORIZED, "no " + kind + " about " + topic);
        }
        return opened;
    }
}
