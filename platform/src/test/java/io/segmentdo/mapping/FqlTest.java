package io.segmentdo.mapping;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.segmentdo.event.EventType;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FqlTest {
    private static final Map<String, Object> ORDER = Map.of(
            "type", "track",
            "event", "Order Completed",
            "userId", "u1",
            "properties",
                    Map.of("total", 27.5, "items", 3, "gift", true, "coupon", "", "shipping", Map.of("city", "Ghent")),
            "context", Map.of("ip", "1.1.1.1", "my key", "x"));

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "  ",
                "type = \"track\"",
                "type = track",
                "type='track' AND event=\"Order Completed\"",
                "type = \"track\" and (event = \"A\" or event = \"Order Completed\")",
                "type = \"page\" or (type = \"track\" and (event = \"A\" or properties.items = 3))",
                "properties.total>=27.5",
                "properties.total < 28 and properties.total != 27",
                "properties.items = 3.0",
                "properties.gift = true",
                "properties.missing = null",
                "properties.coupon != null",
                "properties.shipping.city = \"Ghent\"",
                "event != null and name = null",
                "contains(event, \"Comp\") and !contains(event, \"Refund\")",
                "match(event, \"Order*\") and match(event, \"*Completed\") and !match(event, \"*X\")",
                "context.my\\ key = \"x\"",
                "properties.items != \"3\""
            })
    void takesTheOrder(String text) {
        assertThat(Fql.compile(text).matches(ORDER)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "type = \"page\"",
                "event = \"order completed\"",
                "properties.items = \"3\"",
                "properties.items > \"three\"",
                "properties.coupon > -1",
                "properties.coupon = false",
                "properties.gift = \"true\"",
                "!contains(properties.items, \"3\")",
                "!contains(properties.missing, \"3\")",
                "traits.email != null"
            })
    void doesNotTakeTheOrder(String text) {
        assertThat(Fql.compile(text).matches(ORDER)).isFalse();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "typo                                               | 1  | unknown field typo",
                "type                                               | 5  | the expression ends too early",
                "type =                                             | 7  | expected a value",
                "type = \"track\" event = \"A\"                     | 16 | expected and or or",
                "type = \"track\" and                               | 19 | expected a condition at the end",
                "type = \"track\" and event = \"A\" or event = \"B\" | 32 | set brackets",
                "event == \"A\"                                     | 8  | expected a value, found =",
                "!(type = \"track\")                                | 1  | expected a field, found !",
                "(type = \"track\"                                  | 1  | the bracket is not closed",
                "type = \"track\")                                  | 15 | expected and or or, found )",
                "event = \"A                                        | 9  | the quote is not closed",
                "properties = 1                                     | 1  | unknown field properties",
                "messageId = \"1\"                                  | 1  | unknown field messageId",
                "match(event, \"A\")                                | 14 | expected one *",
                "contains(event \"A\")                              | 16 | expected ,",
                "properties.x != true                               | 17 | write = false",
                "properties.x = 1.2.3                               | 16 | expected a number",
                "type = \"track\" ; drop                            | 16 | unexpected character"
            })
    void refusesWithThePosition(String text, int character, String message) {
        assertThatThrownBy(() -> Fql.compile(text))
                .isInstanceOf(InvalidFqlException.class)
                .hasMessageStartingWith("FQL, character " + character + ": ")
                .hasMessageContaining(message);
    }

    @Test
    void anImportedExpressionIsMisreadAsSegmentMisreadsIt() {
        Fql mixed = Fql.compileAsSegment("type = \"track\" and event = \"A\" or event = \"B\"");
        Fql capitals = Fql.compileAsSegment("type = \"page\" OR event = \"Order Completed\"");
        Fql doubled = Fql.compileAsSegment("event == \"Order Completed\"");

        assertThat(mixed.matches(ORDER)).isTrue();
        assertThat(capitals.matches(ORDER)).isFalse();
        assertThat(doubled.matches(ORDER)).isFalse();
        assertThatThrownBy(() -> Fql.compileAsSegment("type = \"track\" and (event = \"A\" or (event = \"B\"))"))
                .isInstanceOf(InvalidFqlException.class);
    }

    @Test
    void theTypeAloneDecidesWhereOnlyTypesAreCompared() {
        assertThat(Fql.compile("type = \"track\" or type = \"page\"").onlyTypes())
                .contains(Set.of(EventType.TRACK, EventType.PAGE));
        assertThat(Fql.compile("type != \"alias\"").onlyTypes())
                .hasValueSatisfying(types -> assertThat(types).hasSize(5).doesNotContain(EventType.ALIAS));
        assertThat(Fql.compile("").onlyTypes())
                .hasValueSatisfying(types -> assertThat(types).hasSize(6));
        assertThat(Fql.compile("type = \"track\" and event = \"A\"").onlyTypes())
                .isEmpty();
    }

    @Test
    void aTypeThatCannotMatchIsKnownWithoutTheEvent() {
        Fql fql = Fql.compile("type = \"track\" and event = \"A\"");

        assertThat(fql.mayMatch(EventType.TRACK)).isTrue();
        assertThat(fql.mayMatch(EventType.PAGE)).isFalse();
        assertThat(Fql.compile("event = \"A\" or type = \"page\"").mayMatch(EventType.GROUP))
                .isTrue();
    }

    @Test
    void nullInAnEventIsAbsence() {
        var event = new HashMap<String, Object>();
        event.put("userId", null);

        assertThat(Fql.compile("userId = null").matches(event)).isTrue();
        assertThat(Fql.compile("userId != null").matches(event)).isFalse();
    }
}
