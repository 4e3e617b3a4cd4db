package io.segmentdo.mapping;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.list;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MappingTest {
    private static final Map<String, Object> EVENT = event();

    private static Map<String, Object> event() {
        var event = new HashMap<String, Object>();
        event.put("userId", "u1");
        event.put("nothing", null);
        event.put("zero", 0);
        event.put("no", false);
        event.put("properties", Map.of("total", 27.50, "products", List.of(Map.of("sku", "a", "price", 2))));
        event.put("list", List.of("x", "y"));
        return event;
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "$.userId                        | u1",
                "userId                          | u1",
                "$.properties.products[0].sku    | a",
                "$.properties.products.0.sku     | a",
                "$.properties['products'][0].sku | a",
                "$.list[1]                       | y",
                "$.zero.more                     | 0",
                "$.no.more                       | false",
                "$.properties.total              | 27.5"
            })
    void aPathFindsTheValue(String path, String expected) {
        assertThat(String.valueOf(map(Map.of("@path", path)))).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "$.none",
                "$.userId.more",
                "$.list[2]",
                "$.list.length",
                "$.userId.length",
                "$.list[x]",
                "$.list.-1"
            })
    void aMemberThatResolvesToNothingIsLeftOut(String path) {
        assertThat(map(Map.of("a", Map.of("@path", path), "b", 1))).isEqualTo(Map.of("b", 1));
    }

    @Test
    void nullStaysAndIsFoundBehindNull() {
        var expected = new HashMap<String, Object>();
        expected.put("a", null);
        expected.put("b", null);

        assertThat(map(Map.of("a", Map.of("@path", "$.nothing"), "b", Map.of("@path", "$.nothing.more"))))
                .isEqualTo(expected);
    }

    @Test
    void blankTakesThenWhenTheValueIsNotBlank() {
        var blank = Map.of("@if", Map.of("blank", Map.of("@path", "$.zero"), "then", "then", "else", "else"));
        var filled = Map.of("@if", Map.of("blank", Map.of("@path", "$.userId"), "then", "then", "else", "else"));

        assertThat(map(blank)).isEqualTo("else");
        assertThat(map(filled)).isEqualTo("then");
    }

    @Test
    void aFalsyElseCountsForNothing() {
        assertThat(map(Map.of("a", Map.of("@if", Map.of("exists", Map.of("@path", "$.none"), "then", 1, "else", 0)))))
                .isEqualTo(Map.of());
    }

    @Test
    void aTemplateDoesNotEscapeAndDoesNotExpandValues() {
        var event = Map.<String, Object>of("a", "{{b}} & <i>", "b", "secret", "n", 5.0, "l", List.of(1, 2));

        assertThat(Mapping.compile(Map.of("@template", "{{a}}{{{ a }}} {{none}}{{n}} {{l}}"))
                        .apply(event))
                .isEqualTo("{{b}} & <i>{{b}} & <i> 5 1,2");
    }

    @Test
    void aMergedMemberThatIsMissingHidesTheEarlierOne() {
        var merge = Map.of(
                "@merge",
                Map.of(
                        "direction",
                        "right",
                        "objects",
                        List.of(Map.of("a", 1, "b", 2), Map.of("a", Map.of("@path", "$.none")))));

        assertThat(map(merge)).isEqualTo(Map.of("b", 2));
    }

    @Test
    void aReplacementMayReferToTheMatch() {
        var replace = Map.of(
                "@replace", Map.of("pattern", "1", "replacement", "<$&$$>", "value", Map.of("@path", "$.userId")));

        assertThat(map(replace)).isEqualTo("u<1$>");
    }

    @Test
    void jsonWritesNumbersAsJavaScriptDoes() {
        var event = Map.<String, Object>of("n", List.of(5.0, 0.1, 1e21, 1e-7, 12345678901L));

        assertThat(Mapping.compile(Map.of("@json", Map.of("mode", "encode", "value", Map.of("@path", "$.n"))))
                        .apply(event))
                .isEqualTo("[5,0.1,1e+21,1e-7,12345678901]");
    }

    @Test
    void theRootDirectiveGetsAllOtherMembers() {
        var mapping = Map.of(
                "__segment_internal_directive",
                Map.of("@transform", Map.of("apply", Map.of("id", Map.of("@path", "$.userId")))),
                "user",
                Map.of("@path", "$.id"));

        assertThat(map(mapping)).isEqualTo(Map.of("user", "u1"));
    }

    @Test
    void metadataBesideADirectiveIsIgnored() {
        assertThat(map(Map.of("@path", "$.userId", "_metadata", Map.of("label", "User"))))
                .isEqualTo("u1");
    }

    @Test
    void allProblemsAreReportedTogether() {
        var mapping = Map.of(
                "a", Map.of("@nope", 1),
                "b", Map.of("@path", 5),
                "c", Map.of("@case", Map.of("operator", "title", "value", "x")),
                "d", Map.of("@path", "$.x", "other", 1),
                "e", List.of(Map.of("@if", Map.of("then", 1))),
                "f", Map.of("@replace", Map.of("pattern", "more than ten", "value", "x", "glob", true)),
                "g", Map.of("@liquid", "{% for x in list %}{% endfor %}"));

        assertThatThrownBy(() -> Mapping.compile(mapping))
                .isInstanceOfSatisfying(
                        InvalidMappingException.class,
                        invalid -> assertThat(invalid.problems())
                                .extracting(MappingProblem::path)
                                .containsExactlyInAnyOrder(
                                        "/a",
                                        "/b/@path",
                                        "/c/@case/operator",
                                        "/d",
                                        "/e/0/@if",
                                        "/f/@replace/pattern",
                                        "/f/@replace/glob",
                                        "/g/@liquid"))
                .hasMessageContaining("/b/@path: 5 (expected: a text or a directive)")
                .hasMessageContaining("tag \"for\" is disabled");
    }

    @Test
    void aMappingHasABoundedDepth() {
        Object value = 1;
        for (int i = 0; i < 100; i++) {
            value = Map.of("a", value);
        }
        var mapping = Map.of("a", value);

        assertThatThrownBy(() -> Mapping.compile(mapping)).hasMessageContaining("at most 64 levels");
    }

    @Test
    void aTextThatDoublesWithEachTransformIsStopped() {
        Map<String, Object> mapping = Map.of("@path", "$.a");
        for (int i = 0; i < 25; i++) {
            mapping = Map.of(
                    "@transform", Map.of("apply", Map.of("a", Map.of("@template", "{{a}}{{a}}")), "mapping", mapping));
        }
        var bomb = mapping;

        assertThatThrownBy(() -> Mapping.compile(bomb).apply(Map.of("a", "boom")))
                .isInstanceOf(MappingException.class)
                .hasMessageContaining("more than");
    }

    @Test
    void aPathThatShouldComeFromTheEventAndDoesNotFailsTheEvent() {
        assertThatThrownBy(() -> map(Map.of("@path", Map.of("@path", "$.none"))))
                .isInstanceOf(MappingException.class);
    }

    @Test
    void aShapedListKeepsItsLength() {
        var shape = Map.of("@arrayPath", List.of("$.list", Map.of("@if", Map.of("exists", Map.of("@path", "$.none")))));

        assertThat(map(shape)).asInstanceOf(list(Object.class)).isEqualTo(new ArrayList<>(listOfNulls(2)));
    }

    private static List<Object> listOfNulls(int size) {
        var list = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            list.add(null);
        }
        return list;
    }

    private static Object map(Map<String, ?> mapping) {
        return Mapping.compile(mapping).apply(EVENT);
    }
}
