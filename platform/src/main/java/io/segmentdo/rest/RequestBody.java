package io.segmentdo.rest;

import io.segmentdo.problem.PlatformException;
import io.segmentdo.problem.Problem;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The JSON object of a request, read member by member: what is unknown, missing or of a wrong type is refused by its name
 * and with what was expected.
 *
 * <p>Immutable.
 */
public final class RequestBody {
    private final String prefix;
    private final JsonObject members;

    private RequestBody(String prefix, JsonObject members, Set<String> known) {
        this.prefix = prefix;
        this.members = members;
        for (String name : members.fieldNames()) {
            if (!known.contains(name)) {
                String expected = String.join(", ", known.stream().sorted().toList());
                throw invalid(prefix + name + ": unknown (expected: " + expected + ")");
            }
        }
    }

    /** The body of a request that may have these members; a body handler has read it. */
    public static RequestBody of(RoutingContext context, Set<String> known) {
        try {
            JsonObject members = context.body().asJsonObject();
            if (members != null) {
                return new RequestBody("", members, known);
            }
        } catch (DecodeException | ClassCastException e) {
            throw new PlatformException(Problem.INVALID_REQUEST, "the body is no JSON object", e);
        }
        throw invalid("there is no body (expected: a JSON object)");
    }

    /** A text that must be there and not be blank. */
    public String text(String name) {
        return text(name, "a text");
    }

    /** A text that must be there and not be blank; {@code expected} says what it should be. */
    public String text(String name, String expected) {
        return findText(name)
                .filter(text -> !text.isBlank())
                .orElseThrow(() -> invalid(prefix + name + ": missing (expected: " + expected + ")"));
    }

    /** A text, if it is there. */
    public Optional<String> findText(String name) {
        return Optional.ofNullable(member(name, String.class, "a text"));
    }

    /** A list of texts; empty when it is not there. */
    public List<String> texts(String name) {
        JsonArray texts = member(name, JsonArray.class, "a list of texts");
        if (texts == null) {
            return List.of();
        }
        if (!texts.stream().allMatch(String.class::isInstance)) {
            throw refusal(name, texts, "a list of texts");
        }
        return texts.stream().map(String.class::cast).toList();
    }

    /** Whether a member is true; it is false when it is not there. */
    public boolean isTrue(String name) {
        return Boolean.TRUE.equals(member(name, Boolean.class, "true or false"));
    }

    /** A whole number between two, which belong to it; {@code otherwise} when it is not there. */
    public long whole(String name, long otherwise, long min, long max) {
        String expected = min + " to " + max;
        Number number = member(name, Number.class, expected);
        if (number == null) {
            return otherwise;
        }
        if (number.doubleValue() != number.longValue() || number.longValue() < min || number.longValue() > max) {
            throw refusal(name, number, expected);
        }
        return number.longValue();
    }

    /** A number, if it is there. */
    public Optional<Number> findNumber(String name) {
        return Optional.ofNullable(member(name, Number.class, "a number"));
    }

    /** An object that may have these members; an empty one when it is not there. */
    public RequestBody object(String name, Set<String> known) {
        JsonObject object = member(name, JsonObject.class, "an object");
        return new RequestBody(prefix + name + ".", object == null ? new JsonObject() : object, known);
    }

    private <T> @Nullable T member(String name, Class<T> type, String expected) {
        Object value = members.getValue(name);
        if (value != null && !type.isInstance(value)) {
            throw refusal(name, value, expected);
        }
        return type.cast(value);
    }

    /** The failure that says what a member should have been. */
    public PlatformException refusal(String name, Object value, String expected) {
        return invalid(prefix + name + ": " + value + " (expected: " + expected + ")");
    }

    private static PlatformException invalid(String message) {
        return new PlatformException(Problem.INVALID_REQUEST, message);
    }
}
