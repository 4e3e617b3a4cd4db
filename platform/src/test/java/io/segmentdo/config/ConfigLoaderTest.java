package io.segmentdo.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigLoaderTest {
    enum Mode {
        GROUP_COMMIT,
        NONE
    }

    record RetryConfig(
            @Doc("Longest wait.") Duration delayMax,
            @Doc("Tries.") int tries) {
        static final RetryConfig DEFAULT = new RetryConfig(Duration.ofMinutes(5), 10);

        RetryConfig {
            Checks.check(tries >= 1, "tries", tries, ">= 1");
            Checks.check(!delayMax.isZero(), "delay-max", delayMax, "more than 0s");
        }
    }

    record DeliveryConfig(
            @Doc("In flight.") int maxInFlight,
            @Doc("Ratio.") double jitter,
            @Doc("Buffer.") ByteSize bufferBytes,
            @Doc("Switch.") boolean enabled,
            @Doc("Mode.") Mode mode,
            @Doc("Proxy.") Optional<URI> proxy,
            @Doc("Token.") Secret token,
            @Doc("Hosts.") List<String> hosts,
            @Doc("Retries.") RetryConfig retry) {
        static final DeliveryConfig DEFAULT = new DeliveryConfig(
                64,
                0.5,
                ByteSize.mebibytes(4),
                true,
                Mode.NONE,
                Optional.empty(),
                new Secret(""),
                List.of(),
                RetryConfig.DEFAULT);

        DeliveryConfig {
            Checks.check(maxInFlight >= 1, "max-in-flight", maxInFlight, ">= 1");
        }
    }

    record Tree(@Doc("How events leave.") DeliveryConfig delivery) {
        static final Tree DEFAULT = new Tree(DeliveryConfig.DEFAULT);
    }

    @TempDir
    Path dir;

    private Path file;

    @BeforeEach
    void nameTheFile() {
        file = dir.resolve("platform.yaml");
    }

    @Test
    void withoutAFileTheDefaultsHold() {
        assertThat(load("", Map.of(), Map.of())).isEqualTo(Tree.DEFAULT);
        assertThat(new ConfigLoader(Map.of(), dir)
                        .load(Tree.class, dir.resolve("absent.yaml"), Map.of())
                        .value())
                .isEqualTo(Tree.DEFAULT);
    }

    @Test
    void everyTypeIsReadFromYaml() {
        DeliveryConfig delivery = load("""
                        delivery:
                          max-in-flight: 7
                          jitter: 0.25
                          buffer-bytes: 600KiB
                          enabled: false
                          mode: group-commit
                          proxy: http://127.0.0.1:3128
                          token: s3cret
                          hosts: [a, b]
                          retry: {delay-max: 90s, tries: 3}
                        """, Map.of(), Map.of()).delivery();

        assertThat(delivery)
                .isEqualTo(new DeliveryConfig(
                        7,
                        0.25,
                        ByteSize.kibibytes(600),
                        false,
                        Mode.GROUP_COMMIT,
                        Optional.of(URI.create("http://127.0.0.1:3128")),
                        new Secret("s3cret"),
                        List.of("a", "b"),
                        new RetryConfig(Duration.ofSeconds(90), 3)));
    }

    @Test
    void theEnvironmentWinsOverYamlAndTheCommandLineOverBoth() {
        String yaml = "delivery: {max-in-flight: 1, jitter: 0.1, hosts: [a]}";
        Map<String, String> environment =
                Map.of("SEGMENTDO_DELIVERY_MAX_IN_FLIGHT", "2", "SEGMENTDO_DELIVERY_HOSTS", "b, c");

        DeliveryConfig delivery =
                load(yaml, environment, Map.of("delivery.max-in-flight", "3")).delivery();

        assertThat(delivery.maxInFlight()).isEqualTo(3);
        assertThat(delivery.jitter()).isEqualTo(0.1);
        assertThat(delivery.hosts()).containsExactly("b", "c");
    }

    @Test
    void allProblemsAreReportedTogetherWithFileAndLine() {
        List<String> problems = problems("""
                delivery:
                  max-in-flight: 0
                  jitter: lots
                  buffer-bytes: 4 parsecs
                  max-inflight: 3
                  retry:
                    tries: 0
                    delay-max: 0s
                """, Map.of());

        assertThat(problems)
                .containsExactlyInAnyOrder(
                        file + ":3: delivery.jitter: lots (expected: a number)",
                        file + ":4: delivery.buffer-bytes: 4 parsecs (expected: a size such as 512KiB, 4MiB or 2GB)",
                        file + ":7: delivery.retry.tries: 0 (expected: >= 1)",
                        file + ":8: delivery.retry.delay-max: PT0S (expected: more than 0s)",
                        file + ":5: delivery.max-inflight: is not known (did you mean max-in-flight?)",
                        file + ":2: delivery.max-in-flight: 0 (expected: >= 1)");
    }

    @Test
    void aVariableOfAKnownSectionMustBeKnownAndOthersAreNotOurs() {
        List<String> problems =
                problems("", Map.of("SEGMENTDO_DELIVERY_MAX_INFLIGHT", "2", "SEGMENTDO_SERVICE_HOST", "10.0.0.1"));

        assertThat(problems)
                .containsExactly("environment variable SEGMENTDO_DELIVERY_MAX_INFLIGHT: is not known"
                        + " (did you mean SEGMENTDO_DELIVERY_MAX_IN_FLIGHT?)");
    }

    @Test
    void secretsComeByReferenceAndAreNeverShown() throws IOException {
        Files.writeString(dir.resolve("token"), "from-file\n");
        Files.writeString(file, "delivery: {token: '${file:token}', hosts: ['x-${env:HOST}', '$${env:HOST}']}");

        Loaded<Tree> loaded = new ConfigLoader(Map.of("HOST", "private.example"), dir).load(Tree.class, file, Map.of());

        assertThat(loaded.value().delivery().token().reveal()).isEqualTo("from-file");
        assertThat(loaded.value().delivery().hosts()).containsExactly("x-private.example", "${env:HOST}");
        assertThat(loaded.masked())
                .containsEntry("delivery.token", "${file:token}")
                .containsEntry("delivery.hosts[0]", "x-${env:HOST}")
                .containsEntry("delivery.buffer-bytes", "4MiB")
                .containsEntry("delivery.retry.delay-max", "5m");
        assertThat(loaded.masked().toString()).doesNotContain("from-file", "private.example");
    }

    @Test
    void aSecretThatStandsThereItselfIsMaskedToo() {
        Loaded<Tree> loaded = new ConfigLoader(Map.of(), dir).load(Tree.class, file, Map.of("delivery.token", "plain"));

        assertThat(loaded.masked()).containsEntry("delivery.token", "***");
    }

    @Test
    void aReferenceThatLeadsNowhereIsAProblem() {
        assertThat(problems("delivery: {token: '${env:NOPE}'}", Map.of()))
                .containsExactly(
                        file + ":1: delivery.token: ${env:NOPE} (expected: the environment variable NOPE to be set)");
    }

    @Test
    void aValueThatCameByReferenceIsNotShownInAProblem() {
        assertThat(problems("delivery: {max-in-flight: '${env:HIDDEN}'}", Map.of("HIDDEN", "-5")))
                .containsExactly(file + ":1: delivery.max-in-flight: ${env:HIDDEN} (expected: >= 1)");
    }

    @Test
    void renamedAndRemovedKeysAreAnsweredByName() throws IOException {
        Files.writeString(file, "delivery: {parallel: 3, fast: true}");
        ConfigLoader loader = new ConfigLoader(Map.of(), dir)
                .renamed("delivery.parallel", "delivery.max-in-flight")
                .removed("delivery.fast", "it always is");

        ConfigException refused =
                catchThrowableOfType(ConfigException.class, () -> loader.load(Tree.class, file, Map.of()));

        assertThat(refused.problems())
                .extracting(ConfigProblem::message)
                .containsExactly("is called delivery.max-in-flight now", "was removed: it always is");
    }

    @Test
    void brokenYamlIsReportedWithItsLine() {
        assertThat(problems("delivery:\n  hosts: [a\n  retry: {\n", Map.of()))
                .singleElement()
                .asString()
                .startsWith(file + ":")
                .endsWith("(expected: valid YAML)");
    }

    @Test
    void aKeyThatIsGivenTwiceIsRefused() {
        assertThat(problems("delivery:\n  jitter: 0.1\n  jitter: 0.2\n", Map.of()))
                .containsExactly(file + ":3: delivery.jitter: is given twice (first at " + file + ":2)");
    }

    @Test
    void yamlCannotNameTypesOrExplode() {
        String bomb = """
                a: &a [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]
                b: &b [*a, *a, *a, *a, *a, *a, *a, *a, *a, *a]
                c: &c [*b, *b, *b, *b, *b, *b, *b, *b, *b, *b]
                d: [*c, *c, *c, *c, *c, *c, *c, *c, *c, *c]
                """;
        assertThat(problems(bomb, Map.of())).isNotEmpty();
        assertThat(problems("delivery: {token: !!java.io.File [x]}", Map.of()))
                .containsExactly(
                        file + ":1: delivery.token: a list (expected: text, best as ${env:NAME} or ${file:path})");
        assertThat(problems("a: " + "[".repeat(100) + "]".repeat(100), Map.of()))
                .isNotEmpty();
        assertThat(problems("a: &a [*a]", Map.of())).isNotEmpty();
    }

    @Test
    void theReferencePageListsEveryKeyWithItsDefault() {
        assertThat(new ConfigReference(Tree.class).markdown())
                .contains("## `delivery`", "How events leave.")
                .contains("| `delivery.buffer-bytes` | `4MiB` | Buffer. |")
                .contains("| `delivery.retry.delay-max` | `5m` | Longest wait. |");
    }

    private Tree load(String yaml, Map<String, String> environment, Map<String, String> options) {
        write(yaml);
        return new ConfigLoader(environment, dir)
                .load(Tree.class, file, options)
                .value();
    }

    private List<String> problems(String yaml, Map<String, String> environment) {
        ConfigException refused = catchThrowableOfType(ConfigException.class, () -> load(yaml, environment, Map.of()));
        return refused.problems().stream().map(ConfigProblem::toString).toList();
    }

    private void write(String yaml) {
        try {
            Files.writeString(file, yaml);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
