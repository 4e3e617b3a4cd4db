package io.segmentdo.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.segmentdo.config.ConfigException;
import io.segmentdo.config.ConfigLoader;
import io.segmentdo.config.ConfigProblem;
import io.segmentdo.destination.ConfiguredDestination;
import io.segmentdo.destination.Connection;
import io.segmentdo.destination.Subscription;
import io.segmentdo.identity.IdentifierRule;
import io.segmentdo.identity.IdentityRules;
import io.segmentdo.source.Source;
import io.segmentdo.source.SourceKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WorkspacesTest {
    private static final String SHOP = """
            name: The shop
            sources:
              - id: web
                kind: browser
                write-keys: [key1]
              - id: backend
                kind: server
                enabled: false
                write-keys: [key2, key3]
            destinations:
              - id: hook
                plugin: webhook
                ordered: true
                settings:
                  url: https://example.com/in
                  secret: ${env:SIGNING_KEY}
                  batch: 20
                connections:
                  - source: web
                  - source: backend
                    subscriptions:
                      - trigger: type = "track"
                        mapping: {name: {'@path': $.event}}
            """;

    /** Finds fault with triggers and settings that say so. */
    private static final DestinationRules RULES = new DestinationRules() {
        @Override
        public Optional<String> problemWith(String plugin, Subscription subscription) {
            return subscription.trigger().contains("bad") ? Optional.of("bad trigger") : Optional.empty();
        }

        @Override
        public List<SettingProblem> problemsWith(ConfiguredDestination destination) {
            return destination.settings().containsKey("bad")
                    ? List.of(new SettingProblem("bad", "is not known"))
                    : List.of();
        }

        @Override
        public boolean isSecret(String plugin, String setting) {
            return setting.equals("secret");
        }
    };

    @TempDir
    Path dir;

    private final List<List<Workspace>> applied = new ArrayList<>();
    private Workspaces workspaces;

    @AfterEach
    void close() {
        if (workspaces != null) {
            workspaces.close();
        }
    }

    @Test
    void aFileBecomesSourcesAndDestinations() throws IOException {
        write("shop", SHOP);

        start();

        Workspace shop = workspaces.current().getFirst();
        assertThat(shop.name()).isEqualTo("The shop");
        assertThat(shop.sources())
                .containsExactly(
                        new Source("shop", "web", SourceKind.BROWSER, true, List.of("key1")),
                        new Source("shop", "backend", SourceKind.SERVER, false, List.of("key2", "key3")));
        assertThat(shop.destinations())
                .containsExactly(new ConfiguredDestination(
                        "shop",
                        "hook",
                        "webhook",
                        true,
                        true,
                        Map.of("url", "https://example.com/in", "secret", "s3cret", "batch", 20L),
                        List.of(
                                new Connection("web", true, List.of(Subscription.ALL)),
                                new Connection(
                                        "backend",
                                        true,
                                        List.of(new Subscription(
                                                "type = \"track\"",
                                                "",
                                                Map.of("name", Map.of("@path", "$.event"))))))));
        assertThat(applied).containsExactly(workspaces.current());
    }

    @Test
    void aFileMaySayHowIdentifiersAreLinked() throws IOException {
        write("shop", SHOP + """
                identity:
                  identifiers:
                    - {type: user_id, limit: 1}
                    - type: card
                      paths: [traits.card.number]
                      limit: 3
                      window: week
                      blocked-values: [none]
                      blocked-patterns: ["0+"]
                    - type: customer_number
                  shared-device: last-touch
                """);

        start();

        IdentityRules rules = workspaces.current().getFirst().identity();
        assertThat(rules.identifiers())
                .containsExactly(
                        new IdentifierRule(
                                "user_id", List.of(), "", 1, IdentifierRule.Window.EVER, List.of(), List.of()),
                        new IdentifierRule(
                                "card",
                                List.of("traits.card.number"),
                                "",
                                3,
                                IdentifierRule.Window.WEEK,
                                List.of("none"),
                                List.of("0+")),
                        new IdentifierRule(
                                "customer_number", List.of(), "", 0, IdentifierRule.Window.EVER, List.of(), List.of()));
        assertThat(rules.sharedDevice()).isEqualTo(IdentityRules.SharedDevice.LAST_TOUCH);
        assertThat(rules.blockedValues()).isEqualTo(IdentityRules.DEFAULT.blockedValues());
    }

    @Test
    void aFileThatSaysNothingAboutIdentityHasTheDefaults() throws IOException {
        write("shop", SHOP);

        start();

        assertThat(workspaces.current().getFirst().identity()).isEqualTo(IdentityRules.DEFAULT);
    }

    @Test
    void whatIsWrongWithIdentityIsReportedWithFileAndLine() throws IOException {
        write("shop", """
                identity:
                  identifiers:
                    - type: User_Id
                    - type: email
                      limit: 0
                    - type: phone
                      window: fortnight
                    - type: card
                      paths: [card]
                      blocked-patterns: [ok, "("]
                  blocked-patterns: ["["]
                  shared-device: nobody
                  limits: 7
                """);

        ConfigException refused = catchThrowableOfType(ConfigException.class, this::start);

        assertThat(refused.problems())
                .extracting(ConfigProblem::toString)
                .containsExactlyInAnyOrder(
                        at("shop", 3) + ": identity.identifiers[0].type: User_Id (expected: lower case letters, digits,"
                                + " _, . and -, at most 100)",
                        at("shop", 7) + ": identity.identifiers[2].window: fortnight (expected: one of ever, day, week,"
                                + " month, year)",
                        at("shop", 9) + ": identity.identifiers[3].paths[0]: card (expected: e.g. traits.email)",
                        at("shop", 10) + ": identity.identifiers[3].blocked-patterns[1]: ( (expected: a regular"
                                + " expression: Unclosed group)",
                        at("shop", 11) + ": identity.blocked-patterns[0]: [ (expected: a regular expression:"
                                + " Unclosed character class)",
                        at("shop", 12) + ": identity.shared-device: nobody (expected: one of first-touch, last-touch)",
                        at("shop", 13) + ": identity.limits: is not known (did you mean limit?)");
    }

    @Test
    void aTypeThatIsGivenTwiceIsReported() throws IOException {
        write("shop", """
                identity:
                  identifiers:
                    - type: email
                    - type: email
                """);

        assertThatThrownBy(this::start)
                .hasMessageContaining(
                        at("shop", 4) + ": identity.identifiers[1].type: email (expected: each type once)");
    }

    @Test
    void secretsAreNotShown() throws IOException {
        write("shop", SHOP);

        start();

        assertThat(workspaces.current().getFirst().shown().toString())
                .contains("https://example.com/in", "${env:SIGNING_KEY}")
                .doesNotContain("s3cret");
    }

    @Test
    void everythingThatIsWrongIsReportedWithFileAndLine() throws IOException {
        write("shop", SHOP);
        write("other", """
                sources:
                  - id: web
                    kind: browser
                    write-keys: [key1]
                  - id: web
                    kind: server
                    write-keys: [key9]
                destinations:
                  - id: hook
                    plugin: webhook
                    settings: {bad: 1}
                    connections:
                      - source: wbe
                        subscriptions:
                          - trigger: bad
                """);
        write("third", "sources:\n  - id: Web\n    kind: toaster\n    write-keys: []\n    colour: red\n");

        ConfigException refused = catchThrowableOfType(ConfigException.class, this::start);

        assertThat(refused.problems())
                .extracting(ConfigProblem::toString)
                .containsExactlyInAnyOrder(
                        at("other", 5) + ": sources[1]: web is given twice (first at " + at("other", 2) + ")",
                        at("other", 11) + ": destinations[0].settings.bad: is not known",
                        at("other", 13) + ": destinations[0].connections[0].source: wbe (expected: one of web)",
                        at("other", 15) + ": destinations[0].connections[0].subscriptions[0]: bad trigger",
                        at("shop", 5) + ": sources[0].write-keys[0]: is given twice (first at " + at("other", 4) + ")",
                        at("third", 3) + ": sources[0].kind: toaster (expected: one of browser, mobile, server)",
                        at("third", 5) + ": sources[0].colour: is not known (expected: one of id, name, kind,"
                                + " enabled, write-keys)");
    }

    @Test
    void aFileNameThatIsNoIdIsRefused() throws IOException {
        write("My Shop", SHOP);

        assertThatThrownBy(this::start).hasMessageContaining("a file name of lower case letters");
    }

    @Test
    void aChangeIsAppliedOnceItHasSettled() throws IOException {
        write("shop", SHOP);
        start();

        write("shop", SHOP.replace("The shop", "New name"));
        workspaces.poll();
        assertThat(workspaces.current().getFirst().name()).isEqualTo("The shop");
        workspaces.poll();

        assertThat(workspaces.current().getFirst().name()).isEqualTo("New name");
        assertThat(applied).hasSize(2);
        workspaces.poll();
        assertThat(applied).hasSize(2);
    }

    @Test
    void anInvalidChangeIsRefusedAsAWholeUntilItIsPutRight() throws IOException {
        write("shop", SHOP);
        start();

        write("shop", SHOP.replace("New", "Newer"));
        write("broken", "sources: [");
        workspaces.poll();
        workspaces.poll();

        assertThat(workspaces.refusal())
                .hasValueSatisfying(reason -> assertThat(reason).contains("broken.yaml:1"));
        assertThat(applied).hasSize(1);

        Files.delete(dir.resolve("workspaces/broken.yaml"));
        write("shop", SHOP.replace("The shop", "New name"));
        workspaces.poll();
        workspaces.poll();

        assertThat(workspaces.refusal()).isEmpty();
        assertThat(workspaces.current().getFirst().name()).isEqualTo("New name");
    }

    @Test
    void moreFilesThanTheBoundAreRefused() throws IOException {
        write("shop", SHOP);
        write("empty", "");
        workspaces = open(new ControlConfig(Duration.ofHours(1), 1, 20, ControlConfig.MetricsAccess.OPEN), List.of());

        assertThatThrownBy(workspaces::start).hasMessageContaining("2 files (expected: at most 1)");
    }

    @Test
    void aBuiltInWorkspaceKeepsItsIdAndWriteKeys() throws IOException {
        Source demo = new Source("demo", "demo", SourceKind.SERVER, true, List.of("key1"));
        write("demo", "");
        write("shop", SHOP);
        workspaces = open(slow(), List.of(Workspace.builtIn("demo", "Demo", List.of(demo), List.of())));

        assertThatThrownBy(workspaces::start)
                .hasMessageContaining("the workspace demo exists already")
                .hasMessageContaining("is given twice (first at the built-in workspace demo)");
    }

    private void start() {
        workspaces = open(slow(), List.of());
        workspaces.start();
    }

    /** Never polls by itself during a test. */
    private static ControlConfig slow() {
        return new ControlConfig(Duration.ofHours(1), 100, 20, ControlConfig.MetricsAccess.OPEN);
    }

    private Workspaces open(ControlConfig config, List<Workspace> builtIn) {
        return new Workspaces(
                dir.resolve("workspaces"),
                () -> new ConfigLoader(Map.of("SIGNING_KEY", "s3cret"), dir),
                RULES,
                config,
                builtIn,
                applied::add);
    }

    private int writes;

    private void write(String id, String yaml) throws IOException {
        Path file = Files.createDirectories(dir.resolve("workspaces")).resolve(id + ".yaml");
        Files.writeString(file, yaml);
        // Two writes within the resolution of the file system's clock must still look different.
        Files.setLastModifiedTime(file, FileTime.from(Instant.EPOCH.plusSeconds(++writes)));
    }

    private String at(String id, int line) {
        return dir.resolve("workspaces").resolve(id + ".yaml") + ":" + line;
    }
}
