package io.segmentdo.profile;

import io.segmentdo.identity.ActorId;
import io.segmentdo.problem.PlatformException;
import io.segmentdo.problem.Problem;
import io.vertx.core.json.JsonObject;
import java.util.Locale;

/** Identifiers as requests write them: {@code user_id:u1}. Pure. */
final class Identifiers {
    static final String GROUP_ID = "group_id";

    private static final int VALUE_MAX = 500;

    private Identifiers() {}

    /** The identifier of a person, or with the type {@code group_id} of a group. */
    static ActorId read(String workspace, String text) {
        int colon = text.indexOf(':');
        if (colon <= 0) {
            throw invalid(text);
        }
        return of(workspace, text.substring(0, colon), text.substring(colon + 1));
    }

    static ActorId of(String workspace, String givenType, String value) {
        String type = givenType.toLowerCase(Locale.ROOT);
        boolean isValue = !value.isBlank() && value.length() <= VALUE_MAX && value.indexOf('\0') < 0;
        if (!type.matches("[a-z0-9][a-z0-9_.-]{0,99}") || !isValue) {
            throw invalid(givenType + ":" + value);
        }
        return type.equals(GROUP_ID) ? ActorId.group(workspace, value) : ActorId.seen(workspace, type, value);
    }

    private static PlatformException invalid(String text) {
        String shown = text.length() <= 80 ? text : text.substring(0, 80) + "…";
        return new PlatformException(
                Problem.INVALID_REQUEST,
                "identifier: " + shown + " (expected: <type>:<value>, e.g. user_id:u1, with a value of at most "
                        + VALUE_MAX + " characters)");
    }

    /** The form in Segment's answers. */
    static JsonObject show(ActorId id) {
        return new JsonObject()
                .put("id", id.value())
                .put("type", id.isGroup() ? GROUP_ID : id.type())
                .put("collection", id.isGroup() ? "accounts" : "users")
                .put("encoding", "none");
    }

    /** The short form. */
    static String text(ActorId id) {
        return (id.isGroup() ? GROUP_ID : id.type()) + ":" + id.value();
    }
}
