package io.segmentdo.delivery;

import io.segmentdo.identity.Colleagues;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/** Members of one process, who hear each other's questions at once, or not at all. Confined to its thread. */
final class TestColleagues {
    private final Map<String, Map<String, Function<JsonObject, JsonObject>>> answers = new HashMap<>();
    private final Set<String> silent = new HashSet<>();

    void silence(String member) {
        silent.add(member);
    }

    Colleagues joining(String member) {
        answers.put(member, new HashMap<>());
        return new Colleagues() {
            @Override
            public void answer(String topic, Function<JsonObject, JsonObject> answer) {
                answers.get(member).put(topic, answer);
            }

            @Override
            public Future<Answers> askAll(String topic, JsonObject question) {
                Map<String, JsonObject> said = new HashMap<>();
                List<String> unheard = new ArrayList<>();
                answers.forEach((other, topics) -> {
                    if (silent.contains(other)) {
                        unheard.add(other);
                    } else if (!other.equals(member)) {
                        said.put(other, topics.get(topic).apply(question));
                    }
                });
                return Future.succeededFuture(new Answers(said, unheard));
            }
        };
    }
}
