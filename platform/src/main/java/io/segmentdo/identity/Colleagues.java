package io.segmentdo.identity;

import io.segmentdo.problem.PlatformException;
import io.segmentdo.problem.Problem;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * The other members of a cluster, for what each of them only knows or may do for itself.
 *
 * <p>Safe for concurrent use; asking does not block.
 */
public interface Colleagues {
    /** Of a node on its own. */
    Colleagues NONE = new Colleagues() {
        @Override
        public void answer(String topic, Function<JsonObject, JsonObject> answer) {
            // nobody will ask
        }

        @Override
        public Future<Answers> askAll(String topic, JsonObject question) {
            return Future.succeededFuture(new Answers(Map.of(), List.of()));
        }
    };

    /**
     * What came back.
     *
     * @param byMember the answers, by the names of the members
     * @param silent the members that did not answer
     */
    record Answers(Map<String, JsonObject> byMember, List<String> silent) {
        public Answers {
            byMember = Map.copyOf(byMember);
            silent = List.copyOf(silent);
        }

        /** Fails with {@code OVERLOADED} where somebody was silent: it was done only elsewhere, and may be asked for again. */
        public void refuseSilence(String done) {
            if (!silent.isEmpty()) {
                throw new PlatformException(Problem.OVERLOADED, done + ", but members " + silent + " did not answer");
            }
        }
    }

    /** From now on questions of this topic are answered so, on a thread that may block. */
    void answer(String topic, Function<JsonObject, JsonObject> answer);

    /** Asks all others; completes within seconds, also when some are silent. */
    Future<Answers> askAll(String topic, JsonObject question);
}
