package io.segmentdo.mapping;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LiquidTemplateTest {
    private static final Map<String, Object> EVENT = Map.of(
            "name",
            "ada Lovelace",
            "age",
            36,
            "tags",
            List.of("a", "b", "c"),
            "plan",
            Map.of("name", "pro", "price", 9.5),
            "note",
            "",
            "at",
            "2026-03-04T05:06:07.089Z",
            "items",
            List.of(Map.of("kind", "x", "n", 1), Map.of("kind", "y", "n", 2), Map.of("kind", "x", "n", 3)));

    @ParameterizedTest
    @CsvSource(
            delimiter = '→',
            quoteCharacter = '`',
            ignoreLeadingAndTrailingWhitespace = true,
            value = {
                "Hi {{ name }}!                                                     → Hi ada Lovelace!",
                "{{name|capitalize}}                                                → Ada lovelace",
                "{{ plan.price | times: 2 }}                                        → 19",
                "{{ age | divided_by: 8 }}                                          → 4.5",
                "{{ 7 | modulo: 4 | plus: 0.5 }}                                    → 3.5",
                "{{ 3.456 | round: 2 }}                                             → 3.46",
                "{{ tags }}-{{ tags | join: ', ' }}                                 → abc-a, b, c",
                "{{ tags[1] }}{{ tags.last }}{{ tags.size }}{{ tags[-1] }}          → bc3c",
                "{{ plan['name'] }} {{ plan.none.deeper }}.                         → pro .",
                "{% if age >= 18 and age < 65 %}adult{% else %}other{% endif %}     → adult",
                "{% if none or plan.name == 'pro' %}yes{% endif %}                  → yes",
                "{% if false and false or true %}yes{% else %}no{% endif %}         → no",
                "{% if age > 50 %}a{% elsif age > 30 %}b{% else %}c{% endif %}      → b",
                "{% unless note == blank %}a{% else %}b{% endunless %}             → b",
                "{% if note %}empty text is true{% endif %}                        → empty text is true",
                "{% if tags contains 'b' %}has b{% endif %}                         → has b",
                "{% assign x = name | split: ' ' %}{{ x | first | upcase }}         → ADA",
                "{% capture c %}[{{ age }}]{% endcapture %}{{ c }}{{ c }}           → [36][36]",
                "a {%- if true -%} b {%- endif -%} c                                → abc",
                "{% raw %}{{ name }}{% endraw %}{% comment %}x{% endcomment %}      → {{ name }}",
                "{% increment n %}{% increment n %}{% decrement m %}                → 01-1",
                "{{ none | default: 'nobody' }} {{ note | default: 1 }}            → nobody 1",
                "{{ name | truncate: 6 }} {{ name | truncatewords: 1 }}             → ada... ada...",
                "{{ '<a href=\"x\">&</a>' | escape }}                               → &lt;a href=&#34;x&#34;&gt;&amp;&lt;/a&gt;",
                "{{ 'a b&c' | url_encode }} {{ 'a+b%26c' | url_decode }}            → a+b%26c a b&c",
                "{{ name | replace_first: 'a', '4' | remove: 'l' }}                 → 4da Loveace",
                "{{ name | slice: -3, 2 }} {{ name | size }}                        → ac 12",
                "{{ plan | json }}                                                  → {\"name\":\"pro\",\"price\":9.5}",
                "{{ at | date: '%d.%m.%Y %H:%M:%S.%L %-d %b %A %%' }}               → 04.03.2026 05:06:07.089 4 Mar Wednesday %",
                "{{ 0 | date: '%Y' }} {{ 'soon' | date: '%Y' }}                     → 1970 soon",
                "{{ plan | jsonify }}                                               → {\"name\":\"pro\",\"price\":9.5}",
                "{{ at | date: '%H:%M %z %:z', 360 }}                               → 23:06 -0600 -06:00",
                "{{ at | date: '%H:%M %z', 'Europe/Brussels' }}                     → 06:06 +0100",
                "{{ '2026-03-04 05:06:07 +0200' | date: '%F %T' }}                  → 2026-03-04 03:06:07",
                "{{ at | date_to_xmlschema }} {{ at | date_to_string }}             → 2026-03-04T05:06:07+00:00 04 Mar 2026",
                "{{ at | date_to_rfc822 }}                                          → Wed, 04 Mar 2026 05:06:07 +0000",
                "{{ 7 | divided_by: 2, true }} {{ '7.5' | to_integer }}             → 3 7.5",
                "{{ '' | default }}{{ false | default: 1, allow_false: true }}      → false",
                "{{ \"it's (a) b*&c~\" | url_encode }}                              → it's+(a)+b*%26c~",
                "{{ \"it's (a) b*&c~\" | cgi_escape }}                              → it%27s+%28a%29+b%2A%26c~",
                "{{ 'https://x.y/a b?q=[é]#z' | uri_escape }}                       → https://x.y/a%20b?q=[%C3%A9]#z",
                "{{ ' Ünder the ~Sea_ ' | slugify }}                                → ünder-the-sea",
                "{{ 'Ünder ~Sea' | slugify: 'latin' }} {{ 'A~b c' | slugify: 'pretty', true }} → under-sea A~b-c",
                "{{ '  two words ' | number_of_words }}{{ '' | number_of_words }}   → 20",
                "{{ '--a-b-' | strip: '-' }} {{ '  a ' | lstrip }}.{{ 'a]^' | rstrip: '^]' }}. → a-b a .a.",
                "{{ tags | push: 'd' | unshift: 0 | pop | shift | join: '' }}        → abc",
                "{{ items | sum: 'n' }} {{ items | where: 'kind', 'x' | sum: 'n' }} {{ items | where: 'n' | size }} → 6 4 3",
                "{{ '<&>' | xml_escape }}                                           → &lt;&amp;&gt;",
                "{{ \"}}\" }}                                                       → }}"
            })
    void renders(String template, String expected) {
        Object json = JsonText.decode(JsonText.encode(EVENT));
        String rendered = LiquidTemplate.parse(template).render(json);

        if (template.contains("json")) {
            assertThat(JsonText.decode(rendered)).isEqualTo(JsonText.decode(expected));
        } else {
            assertThat(rendered).isEqualTo(expected);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{{ name ",
                "{% if x %}never closed",
                "{% endif %}",
                "{% if x %}{% endunless %}",
                "{% for a in b %}{% endfor %}",
                "{% nothing %}",
                "{{ name | nothing }}",
                "{{ name | map: 'x' }}",
                "{{ name name }}",
                "{{ a[1 }}",
                "{% raw %}",
                "{% assign x %}",
                "{{ ; }}"
            })
    void refusesWhenParsed(String template) {
        assertThatThrownBy(() -> LiquidTemplate.parse(template)).isInstanceOf(MappingException.class);
    }
}
