package io.segmentdo.snowflake;

import io.segmentdo.api.DestinationContext;
import io.segmentdo.api.HttpRequest;
import io.segmentdo.api.HttpResponse;
import io.segmentdo.api.Settings;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * Runs statements by Snowflake's SQL API: a statement whose answer is lost is sent again under the same id, so that it
 * does not run twice, and one that takes its time is asked for until it is done. Confined to the connector's thread.
 */
final class Statements {
    private static final int ACCEPTED = 202;
    private static final int STATEMENT_SECONDS = 60;
    private static final long[] PAUSE_MILLIS = {0, 100, 200, 400, 800, 1_600, 3_200, 3_200};

    private final Settings settings;
    private final DestinationContext context;
    private final String base;

    Statements(Settings settings, DestinationContext context) {
        this.settings = settings;
        this.context = context;
        this.base = settings.findText("endpoint")
                        .orElseGet(() -> "https://" + settings.text("account") + ".snowflakecomputing.com")
                + "/api/v2/statements";
    }

    /** Runs a statement with texts in place of its question marks; the last answer to it, whatever it is. */
    Answer run(String sql, List<String> values) throws IOException, InterruptedException {
        Answer answer = send(sql, values);
        for (int i = 0; answer.status() == ACCEPTED && i < PAUSE_MILLIS.length; i++) {
            Thread.sleep(PAUSE_MILLIS[i]);
            answer = get("/" + answer.handle());
        }
        return answer;
    }

    private Answer send(String sql, List<String> values) throws IOException, InterruptedException {
        Map<String, Object> bindings = new LinkedHashMap<>();
        for (String value : values) {
            bindings.put(Integer.toString(bindings.size() + 1), Map.of("type", "TEXT", "value", value));
        }
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("statement", sql);
        body.put("bindings", bindings);
        body.put("timeout", STATEMENT_SECONDS);
        for (String name : List.of("database", "schema", "warehouse", "role")) {
            settings.findText(name).ifPresent(value -> body.put(name, value));
        }
        byte[] json = context.json().write(body);
        String first = base + "?requestId=" + UUID.randomUUID();
        try {
            Answer answer = post(first, json);
            return answer.mayBeSentAgain() ? post(first + "&retry=true", json) : answer;
        } catch (IOException lost) {
            return post(first + "&retry=true", json);
        }
    }

    private Answer post(String url, byte[] json) throws IOException, InterruptedException {
        return answer(HttpRequest.postJson(URI.create(url), json));
    }

    private Answer get(String path) throws IOException, InterruptedException {
        return answer(HttpRequest.of("GET", URI.create(base + path)));
    }

    private Answer answer(HttpRequest request) throws IOException, InterruptedException {
        HttpResponse response =
                context.http().send(request.header("Accept", "application/json").header("User-Agent", "segment.do"));
        return Answer.of(response, context);
    }

    /** All rows of a result, which comes in one part or several. */
    List<List<String>> rows(Answer first) throws IOException, InterruptedException {
        List<List<String>> rows = new ArrayList<>(first.rows());
        for (int part = 1; part < first.parts(); part++) {
            Answer next = get("/" + first.handle() + "?partition=" + part);
            if (!next.isSuccess()) {
                throw new IOException("part " + part + " of a result: HTTP " + next.status());
            }
            rows.addAll(next.rows());
        }
        return rows;
    }
}
