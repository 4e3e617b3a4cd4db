package io.segmentdo;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

/** Holds the picture of docs/architecture.md: which package may know which, and who alone knows a library. */
class ArchitectureTest {
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .withImportOption(location -> !location.contains("/test/")) // where other tools than Maven compile them to
            .importPackages("io.segmentdo");

    /** Serve all packages: values without behaviour of their own. */
    private static final Set<String> SERVES_ALL =
            Set.of("api", "config", "priority", "problem", "rest", "telemetry", "temporary");

    /** What each package may import beside {@link #SERVES_ALL}; {@code app} wires everything. */
    private static final Map<String, Set<String>> MAY_IMPORT = Map.ofEntries(
            entry("config", Set.of()),
            entry("priority", Set.of()),
            entry("problem", Set.of()),
            entry("rest", Set.of()),
            entry("telemetry", Set.of()),
            entry("temporary", Set.of()),
            entry("event", Set.of()),
            entry("aws", Set.of()),
            entry("source", Set.of("event")),
            entry("mapping", Set.of("event")),
            entry("connector", Set.of("aws", "event", "mapping")),
            entry("destination", Set.of("event", "mapping", "source")),
            entry("rocks", Set.of()),
            entry("store", Set.of("event", "rocks")),
            entry("spool", Set.of("event", "rocks")),
            entry("identity", Set.of("event", "source", "store")),
            entry("profile", Set.of("identity")),
            entry("route", Set.of("event", "identity", "spool")),
            entry("cluster", Set.of("identity", "store")),
            entry("delivery", Set.of("destination", "event", "identity", "mapping", "source", "store")),
            entry("fidelity", Set.of("destination", "mapping")),
            entry("warehouse", Set.of("aws", "event", "identity", "store")),
            entry("plugin", Set.of("delivery", "destination")),
            entry("collect", Set.of("event", "source", "spool")),
            entry("control", Set.of("delivery", "destination", "event", "identity", "mapping", "source")));

    @Test
    void packagesImportOnlyWhatThePictureShows() {
        Set<String> wrong = new TreeSet<>();
        for (JavaClass type : CLASSES) {
            String from = capability(type);
            for (Dependency dependency : type.getDirectDependenciesFromSelf()) {
                String to = capability(dependency.getTargetClass().getBaseComponentType());
                if (!to.isEmpty() && !mayImport(from, to)) {
                    wrong.add(from + " -> " + to + ": " + dependency.getDescription());
                }
            }
        }
        assertThat(wrong).isEmpty();
    }

    private static boolean mayImport(String from, String to) {
        return from.equals(to)
                || from.equals("app")
                || (SERVES_ALL.contains(to) && !from.equals("api"))
                || MAY_IMPORT.getOrDefault(from, Set.of()).contains(to);
    }

    private static String capability(JavaClass type) {
        String prefix = "io.segmentdo.";
        if (!type.getPackageName().startsWith(prefix)) {
            return "";
        }
        String rest = type.getPackageName().substring(prefix.length());
        int dot = rest.indexOf('.');
        return dot < 0 ? rest : rest.substring(0, dot);
    }

    @Test
    void packagesHaveNoCycles() {
        slices().matching("io.segmentdo.(*)..").should().beFreeOfCycles().check(CLASSES);
    }

    @Test
    void pureCodeKnowsNoServerNoDiskAndNoClock() {
        noClasses()
                .that()
                .resideInAnyPackage("io.segmentdo.aws..", "io.segmentdo.event..", "io.segmentdo.mapping..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.vertx..", "org.rocksdb..", "java.net.http..", "java.nio.file..")
                .orShould()
                .callMethod(System.class, "currentTimeMillis")
                .check(CLASSES);
    }

    @Test
    void eachLibraryHasOneHome() {
        onlyIn("org.pf4j..", "io.segmentdo.plugin..");
        onlyIn("com.hazelcast..", "io.segmentdo.cluster..");
        onlyIn("org.rocksdb..", "io.segmentdo.rocks..", "io.segmentdo.spool..", "io.segmentdo.store.rocks..");
        onlyIn("org.duckdb..", "io.segmentdo.warehouse.engine..");
        onlyIn("org.apache.iceberg..", "io.segmentdo.warehouse..");
        onlyIn("org.apache.parquet..", "io.segmentdo.warehouse..");
        onlyIn("io.vertx.pgclient..", "io.segmentdo.store.postgres..");
        onlyIn("io.vertx.sqlclient..", "io.segmentdo.store.postgres..");
        onlyIn("com.dashjoin..", "io.segmentdo.mapping..");
        onlyIn("picocli..", "io.segmentdo.app..");
        onlyIn("org.snakeyaml..", "io.segmentdo.config..", "io.segmentdo.control..", "io.segmentdo.connector..");
    }

    private static void onlyIn(String library, String... homes) {
        noClasses()
                .that()
                .resideOutsideOfPackages(homes)
                .should()
                .dependOnClassesThat()
                .resideInAPackage(library)
                .check(CLASSES);
    }

    @Test
    void aForeignStageReachesVertxOnlyWithItsContext() {
        noClasses()
                .should()
                .callMethod(io.vertx.core.Future.class, "fromCompletionStage", CompletionStage.class)
                .check(CLASSES);
    }
}
