package io.segmentdo.mapping;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.DoubleBinaryOperator;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The filters of Liquid templates. None draws on a clock or on chance. */
final class LiquidFilters {
    /** Filters that Liquid has and Segment forbids. */
    static final Set<String> DISABLED = Set.of(
            "array_to_sentence_string",
            "concat",
            "find",
            "find_exp",
            "find_index",
            "find_index_exp",
            "group_by",
            "group_by_exp",
            "has",
            "has_exp",
            "map",
            "newline_to_br",
            "reject",
            "reject_exp",
            "reverse",
            "sort",
            "sort_natural",
            "uniq",
            "where_exp",
            "type");

    private static final Pattern HTML = Pattern.compile("(?s)<script.*?</script>|<style.*?</style>|<.*?>|<!--.*?-->");
    private static final Pattern LINE_END = Pattern.compile("\\r?\\n");
    private static final Pattern SPACES = Pattern.compile("\\s+");
    private static final Pattern CLASS_SYNTAX = Pattern.compile("[\\[\\]\\\\^&-]");
    private static final int TRUNCATED_CHARS = 50;
    private static final int TRUNCATED_WORDS = 15;
    private static final Map<String, LiquidFilter> FILTERS = new HashMap<>();

    static {
        text("upcase", (text, arguments) -> text.toUpperCase(Locale.ROOT));
        text("downcase", (text, arguments) -> text.toLowerCase(Locale.ROOT));
        text("capitalize", (text, arguments) -> capitalize(text));
        text("append", (text, arguments) -> text + arguments.text(0, ""));
        text("prepend", (text, arguments) -> arguments.text(0, "") + text);
        text("strip", (text, arguments) -> strip(text, "^%1$s|%1$s$", arguments));
        text("lstrip", (text, arguments) -> strip(text, "^%s", arguments));
        text("rstrip", (text, arguments) -> strip(text, "%s$", arguments));
        text("strip_newlines", (text, arguments) -> LINE_END.matcher(text).replaceAll(""));
        text("strip_html", (text, arguments) -> HTML.matcher(text).replaceAll(""));
        text("normalize_whitespace", (text, arguments) -> SPACES.matcher(text).replaceAll(" "));
        text("replace", (text, arguments) -> text.replace(arguments.text(0, ""), arguments.text(1, "")));
        text("replace_first", (text, arguments) -> replaceAt(text, text.indexOf(arguments.text(0, "")), arguments));
        text("replace_last", (text, arguments) -> replaceAt(text, text.lastIndexOf(arguments.text(0, "")), arguments));
        text("remove", (text, arguments) -> text.replace(arguments.text(0, ""), ""));
        text("remove_first", (text, arguments) -> removeAt(text, text.indexOf(arguments.text(0, "")), arguments));
        text("remove_last", (text, arguments) -> removeAt(text, text.lastIndexOf(arguments.text(0, "")), arguments));
        text("truncate", (text, arguments) -> truncate(text, arguments));
        text("truncatewords", (text, arguments) -> truncateWords(text, arguments));
        text("escape", (text, arguments) -> escape(text));
        text("xml_escape", (text, arguments) -> escape(text));
        text("escape_once", (text, arguments) -> escape(unescape(text)));
        text("url_encode", (text, arguments) -> LiquidUrlFilters.encode(text));
        text("url_decode", (text, arguments) -> LiquidUrlFilters.decode(text));
        text("cgi_escape", (text, arguments) -> LiquidUrlFilters.encodeStrictly(text));
        text("uri_escape", (text, arguments) -> LiquidUrlFilters.encodeWhole(text));
        text(
                "slugify",
                (text, arguments) -> LiquidUrlFilters.slug(text, arguments.text(0, "default"), arguments.isTrue(1)));
        text("number_of_words", (text, arguments) -> text.isBlank() ? 0 : SPACES.split(text.strip(), -1).length);
        text("base64_encode", (text, arguments) -> Base64.getEncoder().encodeToString(utf8(text)));
        text("base64_decode", (text, arguments) -> base64Decode(text));
        text("split", (text, arguments) -> split(text, arguments.text(0, "")));
        number("plus", (a, b) -> a + b, 0);
        number("minus", (a, b) -> a - b, 0);
        number("times", (a, b) -> a * b, 1);
        FILTERS.put("divided_by", LiquidFilters::divide);
        FILTERS.put("to_integer", (value, arguments) -> LiquidValue.number(value));
        number("modulo", (a, b) -> a % b, 1);
        number("at_least", Math::max, Double.NEGATIVE_INFINITY);
        number("at_most", Math::min, Double.POSITIVE_INFINITY);
        number("abs", (a, none) -> Math.abs(a), 0);
        number("ceil", (a, none) -> Math.ceil(a), 0);
        number("floor", (a, none) -> Math.floor(a), 0);
        number("round", LiquidFilters::round, 0);
        FILTERS.put("default", LiquidFilters::orDefault);
        for (String name : List.of("json", "jsonify", "inspect")) {
            FILTERS.put(name, (value, arguments) -> JsonText.encode(value));
        }
        FILTERS.put("raw", (value, arguments) -> value);
        FILTERS.put(
                "date",
                (value, arguments) ->
                        LiquidDates.format(value, arguments.text(0, "%A, %B %-e, %Y"), arguments.value(1)));
        date("date_to_xmlschema", "%Y-%m-%dT%H:%M:%S%:z");
        date("date_to_rfc822", "%a, %d %b %Y %H:%M:%S %z");
        date("date_to_string", "%d %b %Y");
        date("date_to_long_string", "%d %B %Y");
        LiquidListFilters.addTo(FILTERS);
    }

    private LiquidFilters() {}

    /** The filter of that name, or null. */
    static @Nullable LiquidFilter named(String name) {
        return FILTERS.get(name);
    }

    private static void text(String name, BiFunction<String, LiquidFilter.Arguments, Object> filter) {
        FILTERS.put(name, (value, arguments) -> {
            Object result = filter.apply(LiquidValue.text(value), arguments);
            return result instanceof String text ? TextLimit.check(text) : result;
        });
    }

    private static void number(String name, DoubleBinaryOperator filter, double otherwise) {
        FILTERS.put(
                name,
                (value, arguments) -> filter.applyAsDouble(LiquidValue.number(value), arguments.number(0, otherwise)));
    }

    private static void date(String name, String pattern) {
        FILTERS.put(name, (value, arguments) -> LiquidDates.format(value, pattern, null));
    }

    /** Without spaces, or without certain characters, at the places of a pattern. */
    private static String strip(String text, String places, LiquidFilter.Arguments arguments) {
        String characters = arguments.text(0, "");
        String taken = characters.isEmpty()
                ? "\\s+"
                : "[" + CLASS_SYNTAX.matcher(characters).replaceAll("\\\\$0") + "]+";
        return text.replaceAll(places.formatted(taken), "");
    }

    private static String capitalize(String text) {
        return text.isEmpty()
                ? text
                : text.substring(0, 1).toUpperCase(Locale.ROOT)
                        + text.substring(1).toLowerCase(Locale.ROOT);
    }

    private static String replaceAt(String text, int index, LiquidFilter.Arguments arguments) {
        int end = index + arguments.text(0, "").length();
        return index < 0 ? text : text.substring(0, index) + arguments.text(1, "") + text.substring(end);
    }

    private static String removeAt(String text, int index, LiquidFilter.Arguments arguments) {
        return index < 0
                ? text
                : text.substring(0, index)
                        + text.substring(index + arguments.text(0, "").length());
    }

    private static String truncate(String text, LiquidFilter.Arguments arguments) {
        int length = (int) arguments.number(0, TRUNCATED_CHARS);
        String ellipsis = arguments.text(1, "...");
        return text.length() <= length ? text : text.substring(0, Math.max(0, length - ellipsis.length())) + ellipsis;
    }

    private static String truncateWords(String text, LiquidFilter.Arguments arguments) {
        List<String> words = List.of(SPACES.split(text, -1));
        int count = Math.max(1, (int) arguments.number(0, TRUNCATED_WORDS));
        // also behind as many words as are wanted, as Liquid does it
        return words.size() < count
                ? String.join(" ", words)
                : String.join(" ", words.subList(0, count)) + arguments.text(1, "...");
    }

    private static String escape(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&#34;")
                .replace("'", "&#39;");
    }

    private static String unescape(String text) {
        return text.replace("&lt;", "<")
                .replace("&gt;", ">")
                .replace("&#34;", "\"")
                .replace("&#39;", "'")
                .replace("&amp;", "&");
    }

    private static String base64Decode(String text) {
        try {
            return new String(Base64.getDecoder().decode(text), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException notEncoded) {
            return "";
        }
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static List<String> split(String text, String separator) {
        // without a limit the empty parts at the end are gone, as in Liquid
        return text.isEmpty() ? List.of() : List.of(text.split(Pattern.quote(separator), 0));
    }

    private static double round(double value, double digits) {
        double factor = Math.pow(10, digits);
        return Math.floor(value * factor + 0.5) / factor;
    }

    /** A quotient; a whole one where the third argument says so. */
    private static double divide(@Nullable Object value, LiquidFilter.Arguments arguments) {
        double quotient = LiquidValue.number(value) / arguments.number(0, 1);
        return arguments.isTrue(1) ? Math.floor(quotient) : quotient;
    }

    private static @Nullable Object orDefault(@Nullable Object value, LiquidFilter.Arguments arguments) {
        boolean isMeant = Boolean.FALSE.equals(value)
                && LiquidValue.isTrue(arguments.named().get("allow_false"));
        if (isMeant || !isEmpty(value)) {
            return value;
        }
        return arguments.values().isEmpty() ? null : arguments.values().getFirst();
    }

    private static boolean isEmpty(@Nullable Object value) {
        return !LiquidValue.isTrue(value)
                || (value instanceof String text && text.isEmpty())
                || (value instanceof List<?> list && list.isEmpty());
    }
}
