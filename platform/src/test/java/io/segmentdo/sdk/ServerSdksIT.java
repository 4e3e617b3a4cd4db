package io.segmentdo.sdk;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.segmentdo.source.SourceKind;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The SDKs of backends in other languages than Java, each in a process of its own. */
class ServerSdksIT {
    @TempDir
    Path home;

    @Test
    void everyCallOfAnalyticsNodeArrivesOnce() throws Exception {
        run(Workshop.node("analytics-node.mjs"), Calls.ofServer("node"), "@segment/analytics-node");
    }

    @Test
    void everyCallOfAnalyticsNode6ArrivesOnce() throws Exception {
        run(Workshop.node("analytics-node-6.mjs"), Calls.ofServer("node6"), "analytics-node");
    }

    @Test
    void everyCallOfAnalyticsPythonArrivesOnceWhenGzipped() throws Exception {
        run(Workshop.python("analytics_python.py"), Calls.ofServer("python"), "analytics-python");
    }

    @Test
    void everyCallOfAnalyticsGoArrivesOnce() throws Exception {
        List<ObjectNode> calls = Calls.ofServer("go");
        calls.forEach(call -> call.remove("category")); // its messages have no such field

        run(Workshop.go(), calls, "analytics-go");
    }

    private void run(Program driver, List<ObjectNode> calls, String library) throws Exception {
        try (RunningPlatform platform = RunningPlatform.start(home)) {
            ObjectNode job = Calls.MAPPER.createObjectNode();
            job.put("endpoint", "http://127.0.0.1:" + platform.port());
            job.put("writeKey", platform.writeKey(SourceKind.SERVER));
            job.putArray("calls").addAll(calls);

            JsonNode sent = driver.run(job);

            Arrivals.assertExactly(platform, calls, sent.valueStream().toList(), library);
        }
    }
}
