package io.segmentdo.mapping;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FunctionsTest {
    private static final Object EVENT = JsonText.decode("""
        {"email": " Ada@Example.COM ", "phone": "+32 (0)470 12 34 56", "n": 2.5, "price": 0.1, "null": null,
         "list": ["a", "b", "c"], "items": [{"sku": "x", "q": 1}, {"sku": "y", "q": 0}, {"q": 5}],
         "o": {"firstName": "Ada", "HTTPStatus": 200}, "at": "2026-03-04T05:06:07.089Z", "text": "a€😀b",
         "hash": "5994471abb01112afcc18159f6cc74b4f511b99806da59b3caf5a9c173cacfc5"}\
        """);

    @ParameterizedTest
    @CsvSource(
            delimiter = '→',
            quoteCharacter = '`',
            value = {
                "{'@coalesce': [{'@path': 'none'}, {'@path': 'null'}, {'@path': 'n'}, 7]}            → 2.5",
                "{'a': {'@coalesce': [{'@path': 'none'}]}}                                           → {}",
                "{'@compare': {'value': {'@path': 'n'}, 'ge': 2.5, 'lt': 3}}                         → true",
                "{'@compare': {'value': {'@path': 'list[0]'}, 'in': ['x', 'a']}}                     → true",
                "{'@compare': {'value': {'@path': 'list'}, 'contains': 'd'}}                         → false",
                "{'@compare': {'value': {'@path': 'hash'}, 'matches': '[0-9a-f]{64}'}}               → true",
                "{'@and': [{'@exists': {'@path': 'n'}}, {'@not': {'@exists': {'@path': 'null'}}}]}   → true",
                "{'@or': [{'@path': 'none'}, {'@path': 'null'}]}                                     → false",
                "{'@switch': {'on': {'@path': 'n'}, 'cases': {'2.5': 'two', '3': 'three'}}}          → 'two'",
                "{'@switch': {'on': true, 'cases': {'false': 1}, 'else': 2}}                         → 2",
                "{'@lookup': {'key': {'@path': 'o.firstName'}, 'table': {'Ada': 'A'}}}               → 'A'",
                "{'@lookup': {'key': 'b', 'table': {'a': 1}, 'else': 0}}                             → 0",
                "{'@map': {'list': {'@path': 'items'}, 'shape': {'@path': 'sku'}}}                   → ['x', 'y']",
                "{'@map': {'list': {'@path': 'items'}, 'shape': {'id': {'@path': 'sku'}}, 'where': {'@path': 'q'}}} →"
                        + " [{'id': 'x'}, {}]",
                "{'@map': {'list': 'one', 'shape': {'tag': {'@path': '.'}}}}                         → [{'tag':"
                        + " 'one'}]",
                "{'@entries': {'@pick': {'value': {'@path': 'o'}, 'keys': ['firstName']}}}           → [{'key':"
                        + " 'firstName', 'value': 'Ada'}]",
                "{'@omit': {'value': {'@path': 'o'}, 'keys': ['firstName']}}                         → {'HTTPStatus':"
                        + " 200}",
                "{'@object': {'list': {'@path': 'items'}, 'key': {'@path': 'sku'}, 'value': {'@path': 'q'}}} → {'x':"
                        + " 1, 'y': 0}",
                "{'@count': {'@path': 'items'}}                                                      → 3",
                "{'@every': {'list': {'@path': 'items'}, 'test': {'@exists': {'@path': 'q'}}}} → true",
                "{'@every': {'list': {'@path': 'items'}, 'test': {'@path': 'sku'}}} → false",
                "{'@every': {'list': {'@path': 'none'}, 'test': false}} → true",
                "{'@any': {'list': {'@path': 'items'}, 'test': {'@compare': {'value': {'@path': 'q'}, 'gt': 4}}}} →"
                        + " true",
                "{'@any': {'list': {'@path': 'none'}, 'test': true}} → false",
                "{'@concat': [{'@path': 'list'}, {'@path': 'none'}, {'@path': 'null'}, 1]} → ['a', 'b', 'c', 1]",
                "{'@compact': [1, {'@path': 'null'}, {'@path': 'none'}]} → [1]",
                "{'a': {'@compact': {'b': {'@path': 'null'}}}} → {}",
                "{'@distinct': {'list': [1, 2, 1]}} → [1, 2]",
                "{'@distinct': {'list': {'@path': 'items'}, 'by': {'@exists': {'@path': 'sku'}}}} → [{'sku': 'x', 'q':"
                        + " 1}, {'q': 5}]",
                "{'@sum': {'@map': {'list': {'@path': 'items'}, 'shape': {'@path': 'q'}}}} → 6",
                "{'@values': {'of': {'@path': 'o'}, 'shape': {'v': {'@path': 'value'}}, 'where': {'@compare':"
                        + " {'value': {'@path': 'key'}, 'ne': 'HTTPStatus'}}}} → {'firstName': {'v': 'Ada'}}",
                "{'@values': {'of': {'@path': 'o'}, 'key': {'@template': 'x_{{key}}'}}} → {'x_firstName': 'Ada',"
                        + " 'x_HTTPStatus': 200}",
                "{'@texts': {'in': {'@path': 'items'}, 'shape': {'@template': '<{{.}}>'}}} → [{'sku': '<x>', 'q': 1},"
                        + " {'sku': '<y>', 'q': 0}, {'q': 5}]",
                "{'@map': {'list': {'@path': 'list'}, 'shape': {'@index': true}}} → [0, 1, 2]",
                "{'@type': {'@path': 'null'}} → 'null'",
                "{'@type': {'@path': 'none'}} → 'missing'",
                "{'@type': {'@path': 'o'}} → 'object'",
                "{'@when': {'if': {'@path': 'null'}, 'then': {'@fail': 'never'}, 'else': 2}} → 2",
                "{'@regex': {'value': {'@path': 'phone'}, 'pattern': '[^0-9]', 'with': ''}} → '320470123456'",
                "{'@regex': {'value': 'a-12-b', 'pattern': '-([0-9]+)-'}} → '12'",
                "{'a': {'@regex': {'value': 'ab', 'pattern': '[0-9]'}}} → {}",
                "{'@map': {'list': {'@path': 'items'}, 'as': 'one', 'shape': {'@map': {'list': {'@path': 'sku'}, 'shape': {'@bound': 'one.q'}}}}} → [[1], [0]]",
                "{'@map': {'list': {'@path': 'list'}, 'as': 'one', 'shape': {'@template': '{{one}}!'}}} → ['a!', 'b!', 'c!']",
                "{'@cases': [{'if': {'@path': 'null'}, 'then': 1}, {'if': {'@path': 'n'}, 'then': 2}, {'then': 3}]} → 2",
                "{'a': {'@cases': [{'if': false, 'then': 1}]}} → {}",
                "{'@match': {'value': {'@path': 'text'}, 'cases': {'^b': 1, 'b$': {'@path': 'n'}}, 'else': 0}} → 2.5",
                "{'@match': {'value': 'x', 'cases': {'y': 1}, 'else': 0}} → 0",
                "{'@regexAll': {'value': 'a1b22', 'pattern': '[0-9]+'}} → ['1', '22']",
                "{'@regexAll': {'value': 'a1b22', 'pattern': '([a-z])[0-9]'}} → ['a', 'b']",
                "{'@texts': {'in': {'a': 'x', 'b': ['y']}, 'shape': 'z', 'lists': false}} → {'a': 'z', 'b': ['y']}",
                "{'@concat': {'@map': {'list': {'@path': 'items'}, 'shape': [{'@path': 'q'}]}}} → [1, 0, 5]",
                "{'@date': {'value': '2026-03-04T05:06:07', 'to': 'millis'}} → 1772600767000",
                "{'@date': {'value': '2026-03-04 05:06:07+0100', 'to': 'millis'}} → 1772597167000",
                "{'@hash': {'value': {'@path': 'hash'}, 'algorithm': 'md5', 'hashed': 'keep'}} → '7bf05b341f1d1a64a8dad0c99c81b52a'",
                "{'@trim': {'@path': 'email'}}                                                       →"
                        + " 'Ada@Example.COM'",
                "{'@truncate': {'value': {'@path': 'text'}, 'chars': 3}}                             → 'a€😀'",
                "{'@truncate': {'value': {'@path': 'text'}, 'bytes': 7}}                             → 'a€'",
                "{'@bytes': {'@path': 'text'}}                                                       → 9",
                "{'@split': {'value': 'a,b,', 'by': ','}}                                            → ['a', 'b', '']",
                "{'@join': {'list': {'@path': 'list'}, 'by': '-'}}                                   → 'a-b-c'",
                "{'@base64': {'mode': 'encode', 'value': 'a:b'}}                                     → 'YTpi'",
                "{'@base64': {'mode': 'decode', 'value': 'YTpi'}}                                    → 'a:b'",
                "{'@url': {'mode': 'encode', 'value': 'a b/ü~*'}}                                    →"
                        + " 'a%20b%2F%C3%BC~%2A'",
                "{'@url': {'mode': 'host', 'value': 'https://x.example/p?q=1'}}                      → 'x.example'",
                "{'@keys': {'value': {'@path': 'o'}, 'style': 'snake', 'prefix': 'p_'}}              →"
                        + " {'p_first_name': 'Ada', 'p_http_status': 200}",
                "{'@keys': {'value': {'@literal': {'Größe (cm)': 1}}, 'allowed': 'A-Za-z0-9'}}       → {'Gr__e__cm_': 1}",
                "{'@words': {'value': 'Order Completed', 'style': 'camel'}}                          →"
                        + " 'orderCompleted'",
                "{'@cast': {'value': '12.90', 'to': 'number'}}                                       → 12.9",
                "{'@cast': {'value': '12.90', 'to': 'integer'}}                                      → 12",
                "{'@cast': {'value': 'x', 'to': 'number', 'else': 0}}                                → 0",
                "{'@cast': {'value': 'Yes', 'to': 'boolean'}}                                        → true",
                "{'@cast': {'value': 5.0, 'to': 'text'}}                                             → '5'",
                "{'@number': {'value': {'@path': 'price'}, 'plus': 0.2}}                             → 0.3",
                "{'@number': {'value': '19.99', 'times': 100, 'round': 0}}                           → 1999",
                "{'a': {'@number': {'value': 1, 'dividedBy': 0}}}                                    → {}",
                "{'@hash': {'value': {'@path': 'email'}, 'normalize': 'email'}}                      →"
                        + " 'b5fc85e55755f9e0d030a10ab4429b6b2944855f9a0d60077fe832becbc41d72'",
                "{'@hash': {'value': {'@path': 'hash'}, 'hashed': 'keep'}}                           →"
                        + " '5994471abb01112afcc18159f6cc74b4f511b99806da59b3caf5a9c173cacfc5'",
                "{'@hash': {'value': 'a', 'algorithm': 'md5'}}                                       →"
                        + " '0cc175b9c0f1b6a831c399e269772661'",
                "{'@hash': {'value': ['a', ''], 'algorithm': 'md5'}}                                 →"
                        + " ['0cc175b9c0f1b6a831c399e269772661', null]",
                "{'@hmac': {'value': 'The quick brown fox jumps over the lazy dog', 'key': 'key'}}   →"
                        + " 'f7bc83f430538424b13298e6aa6fb143ef4d59a14946175997479dbc2d1a3cd8'",
                "{'@uuid5': {'value': 'www.example.com', 'namespace': '6ba7b810-9dad-11d1-80b4-00c04fd430c8'}} →"
                        + " '2ed6657d-e927-568b-95e1-2665a8aea6a2'",
                "{'@date': {'value': {'@path': 'at'}, 'to': 'micros'}}                               →"
                        + " 1772600767089000",
                "{'@date': {'value': 1772600767.089, 'to': 'iso'}}                                   →"
                        + " '2026-03-04T05:06:07.089Z'",
                "{'@date': {'value': '1772600767089', 'from': 'millis', 'to': 'yyyy-MM-dd HH:mm', 'zone':"
                        + " 'Europe/Brussels'}} → '2026-03-04 06:06'",
                "{'a': {'@date': {'value': 'soon', 'to': 'iso'}}}                                    → {}",
                "{'@phone': {'value': '+1 (415) 555-0100'}}                                          → '+14155550100'",
                "{'@phone': {'value': '0471 23 45 67', 'country': 'BE'}}                             → '+32471234567'",
                "{'@phone': {'value': '06 1234 5678', 'country': 'it', 'plus': false}}               → '390612345678'",
                "{'@phone': {'value': '1 415 555 0100', 'country': 'US'}}                            → '+14155550100'",
                "{'a': {'@phone': {'value': '555 0100'}}}                                            → {}",
                "{'@country': {'value': 'Belgium'}}                                                  → 'BE'",
                "{'@country': {'value': 'usa', 'to': 'name'}}                                        → 'United States'",
                "{'@country': {'value': 'de', 'to': 'alpha3'}}                                       → 'DEU'",
                "{'@jsonata': '$sum(items.q) + n'}                                                   → 8.5",
                "{'@jsonata': 'items.sku'}                                                           → ['x', 'y']",
                "{'a': {'@jsonata': 'nothing.here'}}                                                 → {}"
            })
    void gives(String mapping, String expected) {
        Object actual = Mapping.compile(decode(mapping), Set.of()).apply(Scope.of(EVENT));

        assertThat(actual).isEqualTo(decode(expected));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'@coalesce': 1}",
                "{'@compare': {'value': 1}}",
                "{'@compare': {'value': 1, 'matches': '('}}",
                "{'@map': {'shape': 1}}",
                "{'@hash': {'value': 'a', 'algorithm': 'md4'}}",
                "{'@hash': {'value': 'a', 'salt': 'x'}}",
                "{'@truncate': {'value': 'a', 'chars': '5'}}",
                "{'@uuid5': {'value': 'a', 'namespace': 'dns'}}",
                "{'@date': {'value': 1, 'zone': 'Mars'}}",
                "{'@date': {'value': 1, 'to': 'bogus'}}",
                "{'@jsonata': '((('}",
                "{'@fn': {'value': 1}}",
                "{'@settings': 'x'}"
            })
    void refuses(String mapping) {
        assertThatThrownBy(() -> Mapping.compile(decode(mapping), Set.of()))
                .isInstanceOf(InvalidMappingException.class);
    }

    @Test
    void boundValuesAreFoundByDirectivesAndTemplates() {
        var bindings = new HashMap<String, Object>();
        bindings.put("settings", Map.of("region", "eu", "settings", 1));
        bindings.put("now", Instant.parse("2026-03-04T05:06:07.089Z"));
        Mapping mapping = Mapping.compile(
                decode("{'a': {'@settings': 'region'}, 'b': {'@settings': true}, 'c': {'@template':"
                        + " '{{settings.region}}-{{email}}'}, 'd': {'@date': {'value': {'@now': true}, 'to':"
                        + " 'millis'}}}"),
                Set.of("settings", "now"));

        Object result = mapping.apply(new Scope(Map.of("email", "e", "settings", "hidden"), bindings));

        assertThat(result)
                .isEqualTo(Map.of("a", "eu", "b", bindings.get("settings"), "c", "eu-e", "d", 1772600767089L));
    }

    @Test
    void anExpressionThatNeverEndsIsEnded() {
        Mapping mapping =
                Mapping.compile(decode("{'@jsonata': '($f := function($x) { $f($x + 1) }; $f(0))'}"), Set.of());

        assertThatThrownBy(() -> mapping.apply(Scope.of(EVENT)))
                .isInstanceOf(MappingException.class)
                .hasMessageStartingWith("@jsonata failed");
    }

    @Test
    void aRegularExpressionThatNeverEndsIsEnded() {
        Mapping mapping =
                Mapping.compile(decode("{'@regex': {'value': {'@path': 'text'}, 'pattern': '(.*a){12}b'}}"), Set.of());

        assertThatThrownBy(() -> mapping.apply(Scope.of(Map.of("text", "a".repeat(40)))))
                .isInstanceOf(MappingException.class)
                .hasMessage("a regular expression that takes too long");
    }

    @Test
    void whoeverMayNotWriteConnectorsHasNoExpressionsAndNoCode() {
        assertThatThrownBy(() -> Mapping.compile(Map.of("a", Map.of("@jsonata", "1"))))
                .isInstanceOf(InvalidMappingException.class);
        assertThatThrownBy(() -> Mapping.compile(Map.of("a", Map.of("@fn", Map.of("name", "f", "value", 1)))))
                .isInstanceOf(InvalidMappingException.class);
    }

    @Test
    void aFunctionInJavaIsCalledByItsName() {
        Function<Object, Object> twice = value -> value + "" + value;
        Scope scope = Scope.of(EVENT).with("fn", Map.of("twice", twice));

        assertThat(Mapping.compile(decode("{'@fn': {'name': 'twice', 'value': 'ab'}}"), Set.of())
                        .apply(scope))
                .isEqualTo("abab");
        assertThatThrownBy(() -> Mapping.compile(decode("{'@fn': {'name': 'once', 'value': 1}}"), Set.of())
                        .apply(scope))
                .isInstanceOf(MappingException.class)
                .hasMessage("@fn: there is no function once");
    }

    private static Object decode(String json) {
        return JsonText.decode(json.replace('\'', '"'));
    }
}
