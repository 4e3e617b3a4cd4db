package io.segmentdo.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.segmentdo.cluster.ClusterConfig;
import io.segmentdo.config.ConfigLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** The files of {@code docker/} name things that exist, as far as that can be seen without running them. */
class DeploymentFilesTest {
    private static final Path FOLDER = Path.of("../docker");

    @Test
    void everyMemberOfTheComposeFileHasAConfigurationThatHolds() throws Exception {
        Map<String, Object> services =
                map(map(documents("compose.yaml").getFirst()).get("services"));
        List<String> members = services.keySet().stream()
                .filter(name -> name.startsWith("member-"))
                .toList();
        assertThat(members).hasSize(3);

        for (String name : members) {
            Map<String, Object> service = map(services.get(name));
            Map<String, String> environment = new HashMap<>();
            map(service.get("environment"))
                    .forEach((key, value) -> environment.put(
                            key,
                            String.valueOf(value).startsWith("${") ? "a-secret-given-outside" : String.valueOf(value)));
            ClusterConfig cluster = load(environment).cluster();

            assertThat(cluster.enabled()).isTrue();
            assertThat(cluster.host()).isEqualTo(service.get("hostname")).isEqualTo(name);
            assertThat(cluster.members())
                    .containsAll(
                            members.stream().map(member -> member + ":5701").toList());
        }
    }

    @Test
    void theManifestsHaveAConfigurationThatHoldsAndProbesThatAnswer() throws Exception {
        Map<String, Map<String, Object>> kinds = new TreeMap<>();
        for (String file : List.of("services.yaml", "statefulset.yaml", "disruption.yaml")) {
            for (Object document : documents("kubernetes/" + file)) {
                kinds.put(String.valueOf(map(document).get("kind")), map(document));
            }
        }
        assertThat(kinds.keySet()).containsExactly("NetworkPolicy", "PodDisruptionBudget", "Service", "StatefulSet");
        Map<String, Object> pod = map(at(kinds.get("StatefulSet"), "spec", "template", "spec"));
        Map<String, Object> container = map(((List<?>) pod.get("containers")).getFirst());
        Map<String, String> environment = new HashMap<>();
        for (Object variable : (List<?>) container.get("env")) {
            Object value = map(variable).get("value");
            environment.put(
                    String.valueOf(map(variable).get("name")),
                    value == null ? "10.0.0.1-given-outside" : value.toString());
        }

        assertThat(load(environment).cluster().kubernetes().serviceDns())
                .isEqualTo(at(kinds.get("StatefulSet"), "spec", "serviceName"));
        assertThat(at(container, "livenessProbe", "httpGet", "path")).isEqualTo("/health/live");
        assertThat(at(container, "readinessProbe", "httpGet", "path")).isEqualTo("/health/ready");
        assertThat(at(pod, "securityContext", "runAsNonRoot")).isEqualTo(true);
    }

    private static PlatformConfig load(Map<String, String> environment) {
        return new ConfigLoader(environment, FOLDER)
                .load(PlatformConfig.class, FOLDER.resolve("none.yaml"), Map.of())
                .value();
    }

    private static List<Object> documents(String file) throws Exception {
        List<Object> documents = new ArrayList<>();
        new Load(LoadSettings.builder().build())
                .loadAllFromString(Files.readString(FOLDER.resolve(file)))
                .forEach(documents::add);
        return documents;
    }

    private static Object at(Map<String, Object> from, String... path) {
        Object found = from;
        for (String key : path) {
            found = map(found).get(key);
        }
        return found;
    }

    /** With what {@code <<} brings in. */
    @SuppressWarnings("unchecked")
    private static Map<String, Object> map(Object value) {
        Map<String, Object> found = new HashMap<>((Map<String, Object>) value);
        if (found.remove("<<") instanceof Map<?, ?> merged) {
            map(merged).forEach(found::putIfAbsent);
        }
        return found;
    }
}
