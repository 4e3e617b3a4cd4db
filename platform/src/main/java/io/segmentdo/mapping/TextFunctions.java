package io.segmentdo.mapping;

import java.net.URI;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Texts. */
final class TextFunctions {
    private static final Pattern WORD_START =
            Pattern.compile("(?<=[\\p{Ll}\\d])(?=\\p{Lu})|(?<=\\p{Lu})(?=\\p{Lu}\\p{Ll})");
    private static final Pattern BETWEEN_WORDS = Pattern.compile("[^\\p{L}\\d]+");
    private static final int SEPARATOR_CHARS_MAX = 100;
    private static final String AS_IS = "as-is";

    private TextFunctions() {}

    static void addTo(Map<String, Directive> directives) {
        directives.put("@trim", (argument, site) -> Functions.applyToText(site.compile(argument), String::strip));
        directives.put("@truncate", TextFunctions::truncate);
        directives.put("@split", TextFunctions::split);
        directives.put("@join", TextFunctions::join);
        directives.put("@base64", TextFunctions::base64);
        directives.put("@url", TextFunctions::url);
        directives.put("@keys", TextFunctions::keys);
        directives.put("@words", TextFunctions::words);
        directives.put("@regex", TextFunctions::regex);
        directives.put("@regexAll", TextFunctions::regexAll);
        directives.put("@match", TextFunctions::match);
        directives.put(
                "@userAgent", (argument, site) -> Functions.applyToText(site.compile(argument), UserAgents::parse));
        directives.put(
                "@bytes", Functions.ofValue(value -> JsValues.text(value).getBytes(StandardCharsets.UTF_8).length));
    }

    /**
     * {@code {value, pattern, with}}: a text in which every match is replaced, or without {@code with} the first match (its
     * first group, where there is one), or nothing.
     */
    private static Expression regex(@Nullable Object argument, MappingSite site) {
        var arguments = DirectiveArguments.of(argument, site, "value", "pattern", "with");
        BoundedPattern pattern = BoundedPattern.of(arguments, "pattern");
        if (arguments.has("with")) {
            String with = arguments.text("with", "", 0, SEPARATOR_CHARS_MAX);
            return Functions.applyToText(arguments.required("value"), text -> pattern.replaceAll(text, with));
        }
        return Functions.applyToText(
                arguments.required("value"),
                text -> pattern.find(text).<Object>map(found -> found).orElse(Absent.ABSENT));
    }

    /** {@code {value, pattern}}: a list of all matches, of their first groups where there are any. */
    private static Expression regexAll(@Nullable Object argument, MappingSite site) {
        var arguments = DirectiveArguments.of(argument, site, "value", "pattern");
        BoundedPattern pattern = BoundedPattern.of(arguments, "pattern");
        return Functions.apply(arguments.required("value"), found -> pattern.findAll(JsValues.text(found)));
    }

    /** {@code {value, cases: {pattern: result}, else}}: the result of the first pattern that is found in a text. */
    private static Expression match(@Nullable Object argument, MappingSite site) {
        var arguments = DirectiveArguments.of(argument, site, "value", "cases", "else");
        Map<BoundedPattern, Expression> cases = new LinkedHashMap<>();
        if (arguments.raw("cases") instanceof Map<?, ?> map) {
            map.forEach((key, result) -> {
                MappingSite place = arguments.at("cases").at(String.valueOf(key));
                cases.put(BoundedPattern.compile(String.valueOf(key), place), place.compile(result));
            });
        } else {
            arguments.at("cases").problem(arguments.raw("cases"), "results by pattern");
        }
        Expression otherwise = arguments.optional("else");
        return Functions.applyInScope(arguments.required("value"), (found, scope) -> {
            String text = JsValues.text(found);
            for (Map.Entry<BoundedPattern, Expression> one : cases.entrySet()) {
                if (one.getKey().isIn(text)) {
                    return one.getValue().evaluate(scope);
                }
            }
            return otherwise.evaluate(scope);
        });
    }

    /** {@code {value, chars}} or {@code {value, bytes}}: cut, never inside of a character. */
    private static Expression truncate(@Nullable Object argument, MappingSite site) {
        var arguments = DirectiveArguments.of(argument, site, "value", "chars", "bytes");
        boolean byBytes = arguments.has("bytes");
        int max = arguments.integer(byBytes ? "bytes" : "chars", 0, TextLimit.CHARS_MAX);
        return Functions.applyToText(arguments.required("value"), text -> truncate(text, max, byBytes));
    }

    private static String truncate(String text, int max, boolean byBytes) {
        int at = 0;
        int size = 0;
        while (at < text.length()) {
            int codePoint = text.codePointAt(at);
            size += byBytes ? utf8Length(codePoint) : 1;
            if (size > max) {
                return text.substring(0, at);
            }
            at += Character.charCount(codePoint);
        }
        return text;
    }

    private static int utf8Length(int codePoint) {
        if (codePoint < 0x80) {
            return 1;
        }
        return codePoint < 0x800 ? 2 : codePoint < 0x10000 ? 3 : 4;
    }

    /** {@code {value, by}}. */
    private static Expression split(@Nullable Object argument, MappingSite site) {
        var arguments = DirectiveArguments.of(argument, site, "value", "by");
        Pattern by = Pattern.compile(arguments.text("by", ",", 1, SEPARATOR_CHARS_MAX), Pattern.LITERAL);
        return Functions.applyToText(arguments.required("value"), text -> List.of(by.split(text, -1)));
    }

    /** {@code {list, by}}. */
    private static Expression join(@Nullable Object argument, MappingSite site) {
        var arguments = DirectiveArguments.of(argument, site, "list", "by");
        String by = arguments.text("by", ",", 0, SEPARATOR_CHARS_MAX);
        return Functions.apply(arguments.required("list"), found -> {
            var texts = (found instanceof List<?> list ? list : List.of(found))
                    .stream().map(JsValues::text).toList();
            return TextLimit.check(String.join(by, texts));
        });
    }

    /** {@code {mode: encode | decode, value}}; what cannot be decoded is missing. */
    private static Expression base64(@Nullable Object argument, MappingSite site) {
        var arguments = DirectiveArguments.of(argument, site, "mode", "value");
        boolean encode = arguments.choice("mode", "encode", "decode").equals("encode");
        return Functions.applyToText(arguments.required("value"), text -> {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            if (encode) {
                return Base64.getEncoder().encodeToString(bytes);
            }
            try {
                return new String(Base64.getDecoder().decode(bytes), StandardCharsets.UTF_8);
            } catch (IllegalArgumentException notEncoded) {
                return Absent.ABSENT;
            }
        });
    }

    /** {@code {mode: encode | decode | host | path | query, value}}; what is no URL is missing. */
    private static Expression url(@Nullable Object argument, MappingSite site) {
        var arguments = DirectiveArguments.of(argument, site, "mode", "value");
        String mode = arguments.choice("mode", "encode", "decode", "host", "path", "query");
        return Functions.applyToText(arguments.required("value"), text -> url(mode, text));
    }

    private static Object url(String mode, String text) {
        try {
            Object result = switch (mode) {
                case "encode" -> encodeUrl(text);
                case "decode" -> URLDecoder.decode(text, StandardCharsets.UTF_8);
                case "host" -> URI.create(text).getHost();
                case "path" -> URI.create(text).getPath();
                default -> URI.create(text).getQuery();
            };
            return result == null ? Absent.ABSENT : result;
        } catch (IllegalArgumentException notAUrl) {
            return Absent.ABSENT;
        }
    }

    /** Encodes text as a part of a URL: everything but letters, digits and {@code -._~}. */
    static String encodeUrl(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8)
                .replace("+", "%20")
                .replace("*", "%2A")
                .replace("%7E", "~");
    }

    /**
     * {@code {value, style: snake | camel | title | kebab | as-is, prefix, allowed}}: the names of an object's members. What
     * {@code allowed} has, is written as between the brackets of a regular expression; all other characters become {@code _}.
     */
    private static Expression keys(@Nullable Object argument, MappingSite site) {
        var arguments = DirectiveArguments.of(argument, site, "value", "style", "prefix", "allowed");
        String style = arguments.choiceOr("style", AS_IS, "snake", "camel", "title", "kebab");
        String prefix = arguments.text("prefix", "", 0, SEPARATOR_CHARS_MAX);
        UnaryOperator<String> clean = cleaning(arguments);
        return Functions.apply(arguments.required("value"), found -> {
            if (!(found instanceof Map<?, ?> map)) {
                return Absent.ABSENT;
            }
            var renamed = new LinkedHashMap<String, @Nullable Object>();
            map.forEach((key, value) -> {
                String name = String.valueOf(key);
                renamed.put(prefix + clean.apply(style.equals(AS_IS) ? name : styled(name, style)), value);
            });
            return renamed;
        });
    }

    /** Replaces what is not {@code allowed}, if that is given. */
    private static UnaryOperator<String> cleaning(DirectiveArguments arguments) {
        if (!arguments.has("allowed")) {
            return UnaryOperator.identity();
        }
        String allowed = arguments.text("allowed", "\\w", 1, SEPARATOR_CHARS_MAX);
        BoundedPattern others = BoundedPattern.compile("[^" + allowed + "]", arguments.at("allowed"));
        return name -> others.replaceAll(name, "_");
    }

    /** {@code {value, style}}: a text as a name. */
    private static Expression words(@Nullable Object argument, MappingSite site) {
        var arguments = DirectiveArguments.of(argument, site, "value", "style");
        String style = arguments.choice("style", "snake", "camel", "title", "kebab");
        return Functions.applyToText(arguments.required("value"), text -> styled(text, style));
    }

    private static String styled(String text, String style) {
        String separated = WORD_START.matcher(text).replaceAll(" ");
        List<String> words = BETWEEN_WORDS
                .splitAsStream(separated)
                .filter(word -> !word.isEmpty())
                .map(word -> word.toLowerCase(Locale.ROOT))
                .toList();
        return switch (style) {
            case "snake" -> String.join("_", words);
            case "kebab" -> String.join("-", words);
            case "title" ->
                String.join(" ", words.stream().map(TextFunctions::capitalized).toList());
            default -> {
                String joined = String.join(
                        "", words.stream().map(TextFunctions::capitalized).toList());
                yield joined.isEmpty() ? joined : joined.substring(0, 1).toLowerCase(Locale.ROOT) + joined.substring(1);
            }
        };
    }

    private static String capitalized(String word) {
        return word.substring(0, 1).toUpperCase(Locale.ROOT) + word.substring(1);
    }
}
