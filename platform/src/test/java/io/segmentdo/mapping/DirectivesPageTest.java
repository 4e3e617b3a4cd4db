package io.segmentdo.mapping;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What {@code docs/directives.md} says is what the directives do. */
class DirectivesPageTest {
    private static final Pattern EVENT = Pattern.compile("(?s)```json\n(.*?)```");
    private static final Pattern ROW = Pattern.compile("(?m)^\\| `(@\\w+)` \\|.*?\\| (?:`(.*)`)? \\| (?:`(.*)`)? \\|$");
    /** Whose work is that of the connector. */
    private static final Set<String> WITHOUT_EXAMPLE = Set.of("@fn");

    @Test
    void everyDirectiveIsThere() throws IOException {
        Set<String> rows = rows().map(row -> row.group(1)).collect(Collectors.toCollection(TreeSet::new));

        assertThat(rows).isEqualTo(Mapping.directiveNames());
    }

    static Stream<Arguments> examples() throws IOException {
        return rows().filter(row -> !WITHOUT_EXAMPLE.contains(row.group(1)))
                .map(row -> Arguments.of(row.group(2), row.group(3)));
    }

    @ParameterizedTest
    @MethodSource("examples")
    void eachExampleGivesWhatStandsBesideIt(String example, String result) throws IOException {
        var event = EVENT.matcher(page());
        assertThat(event.find()).isTrue();
        Scope scope = Scope.of(JsonText.decode(event.group(1)));

        Object actual = Mapping.compile(JsonText.decode(example), Set.of()).apply(scope);

        assertThat(List.of(Map.of("is", actual))).isEqualTo(List.of(Map.of("is", JsonText.decode(result))));
    }

    private static Stream<MatchResult> rows() throws IOException {
        return ROW.matcher(page()).results();
    }

    private static String page() throws IOException {
        return Files.readString(Path.of("../docs/directives.md"));
    }
}
