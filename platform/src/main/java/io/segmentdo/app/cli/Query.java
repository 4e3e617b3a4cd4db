package io.segmentdo.app.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code segmentdo query}: asks the warehouse of a running node. */
@Command(name = "query", description = "Runs SQL over the warehouse.", mixinStandardHelpOptions = true)
final class Query implements Callable<Integer> {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int WIDTH_MAX = 60;

    /** How the result is printed. */
    enum Format {
        table,
        csv,
        ndjson,
        json
    }

    @Spec
    private @Nullable CommandSpec command;

    @Parameters(index = "0", paramLabel = "<sql>", description = "One SELECT.")
    private String sql = "";

    @Mixin
    private OwnedNode node = new OwnedNode();

    @Option(names = "--workspace", paramLabel = "<id>", description = "Whose events; needed if there are several.")
    private @Nullable String workspace;

    @Option(names = "--as-of", paramLabel = "<time>", description = "A time or snapshot in the past.")
    private @Nullable String asOf;

    @Option(names = "--fresh", description = "Includes events that are not in the tables yet.")
    private boolean fresh;

    @Option(names = "--rows", paramLabel = "<n>", description = "The most rows.")
    private @Nullable Long rows;

    @Option(names = "--format", defaultValue = "table", description = "${COMPLETION-CANDIDATES} (default: table).")
    private Format format = Format.table;

    @Override
    public Integer call() throws IOException, InterruptedException {
        PrintWriter out = Objects.requireNonNull(command).commandLine().getOut();
        PrintWriter err = Objects.requireNonNull(command).commandLine().getErr();
        return node.send("POST", "/v1/warehouse/query", body(), (status, content) -> {
            if (status != 200) {
                return explain(status, content, err);
            }
            print(content, out, err);
            return 0;
        });
    }

    private String body() {
        ObjectNode body = JSON.createObjectNode().put("sql", sql);
        body.put("format", format == Format.table ? Format.json.name() : format.name());
        if (workspace != null) {
            body.put("workspace", workspace);
        }
        if (asOf != null) {
            body.put("asOf", asOf);
        }
        if (fresh) {
            body.put("fresh", true);
        }
        if (rows != null) {
            body.putObject("limits").put("rows", rows);
        }
        return body.toString();
    }

    private int explain(int status, InputStream content, PrintWriter err) throws IOException {
        String text = new String(content.readAllBytes(), StandardCharsets.UTF_8);
        JsonNode answer = isJson(text) ? JSON.readTree(text) : JSON.createObjectNode();
        JsonNode error = answer.path("error");
        int code = node.refused(status, answer);
        if (error.has("line")) {
            int line = error.path("line").asInt();
            err.println(sql.lines().skip(line - 1L).findFirst().orElse(""));
            err.println(" ".repeat(Math.max(0, error.path("column").asInt() - 1)) + "^");
        }
        return code;
    }

    private static boolean isJson(String text) {
        return text.startsWith("{");
    }

    private void print(InputStream content, PrintWriter out, PrintWriter err) throws IOException {
        if (format != Format.table) {
            Reader text = new InputStreamReader(content, StandardCharsets.UTF_8);
            text.transferTo(out);
            out.flush();
            return;
        }
        JsonNode result = JSON.readTree(content);
        List<List<String>> lines = new ArrayList<>();
        List<String> names = new ArrayList<>();
        result.path("columns").forEach(column -> names.add(column.path("name").asText()));
        lines.add(names);
        for (JsonNode row : result.path("rows")) {
            lines.add(names.stream().map(name -> shown(row.path(name))).toList());
        }
        table(lines, out);
        out.println(result.path("rowCount").asLong() + " rows");
        if (result.path("truncated").asBoolean()) {
            err.println("There are more rows (--rows raises the limit)");
        }
        out.flush();
    }

    private static String shown(JsonNode value) {
        String text = value.isNull() ? "" : value.isValueNode() ? value.asText() : value.toString();
        return text.length() > WIDTH_MAX ? text.substring(0, WIDTH_MAX - 1) + "…" : text;
    }

    private static void table(List<List<String>> lines, PrintWriter out) {
        int[] widths = new int[lines.getFirst().size()];
        for (List<String> line : lines) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], line.get(i).length());
            }
        }
        for (int n = 0; n < lines.size(); n++) {
            StringBuilder text = new StringBuilder();
            for (int i = 0; i < widths.length; i++) {
                text.append(lines.get(n).get(i))
                        .repeat(" ", widths[i] - lines.get(n).get(i).length())
                        .append("  ");
            }
            out.println(text.toString().stripTrailing());
            if (n == 0) {
                StringBuilder rule = new StringBuilder();
                for (int width : widths) {
                    rule.repeat("-", width).append("  ");
                }
                out.println(rule.toString().stripTrailing());
            }
        }
    }
}
