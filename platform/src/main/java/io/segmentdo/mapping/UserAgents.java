package io.segmentdo.mapping;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a user agent says of browser, operating system and device, in the words of the parsers that analytics tools use.
 * Knows what nearly all people use, not every agent that ever was. Safe for concurrent use.
 */
final class UserAgents {
    private static final int CHARS_MAX = 1000;
    private static final String VERSION = "[/ ]?v?([\\w.]+)?";

    private record Rule(
            Pattern pattern,
            @Nullable String first,
            @Nullable String second) {
        static Rule of(String pattern, @Nullable String first, @Nullable String second) {
            return new Rule(Pattern.compile(pattern), first, second);
        }
    }

    /** Name, version in the last group. */
    private static final List<Rule> BROWSERS = List.of(
            Rule.of("(?:Opera Mini)" + VERSION, "Opera Mini", null),
            Rule.of("(?:OPR|Opera)" + VERSION, "Opera", null),
            Rule.of("(?:UCBrowser|UCWEB)" + VERSION, "UCBrowser", null),
            Rule.of("(?:Edg|Edge|EdgA|EdgiOS)/([\\w.]+)", "Edge", null),
            Rule.of("SamsungBrowser" + VERSION, "Samsung Browser", null),
            Rule.of("YaBrowser" + VERSION, "Yandex", null),
            Rule.of("(?:FBAV|FBSV)/([\\w.]+)", "Facebook", null),
            Rule.of("CriOS/([\\w.]+)", "Chrome", null),
            Rule.of("FxiOS/([\\w.]+)", "Firefox", null),
            Rule.of("Chrome/([\\w.]+).*?; wv\\)|; wv\\).+?Chrome/([\\w.]+)", "Chrome WebView", null),
            Rule.of("HeadlessChrome(?:/([\\w.]+))?", "Chrome Headless", null),
            Rule.of("(?:Chrome|Chromium)/v?([\\w.]+)", "Chrome", null),
            Rule.of("Version/([\\w.]+) .*Mobile/\\w+ .*?Safari", "Mobile Safari", null),
            Rule.of("Android.+Version/([\\w.]+)", "Android Browser", null),
            Rule.of("Version/([\\w.]+).*Safari", "Safari", null),
            Rule.of("(?:MSIE |Trident.+rv:)([\\w.]+)", "IE", null),
            Rule.of("Firefox/([\\w.]+)", "Firefox", null));

    private static final List<Rule> SYSTEMS = List.of(
            Rule.of("Windows Phone(?: OS)?[ /]?([\\d.]+)?", "Windows Phone", null),
            Rule.of("Windows NT ([\\d.]+)|Windows ([\\w.]+)", "Windows", null),
            Rule.of("(?:iPhone|iPad|iPod).*? OS ([\\d_.]+)|(?:iPhone|iPad|iPod)", "iOS", null),
            Rule.of("Mac OS X ?([\\d_.]+)?", "Mac OS", null),
            Rule.of("Macintosh", "Mac OS", null),
            Rule.of("CrOS \\w+ ([\\w.]+)", "Chromium OS", null),
            Rule.of("Android[- /]?([\\d.]+)?", "Android", null),
            Rule.of("Ubuntu[/ ]?([\\d.]+)?", "Ubuntu", null),
            Rule.of("Linux ?([\\w.]+)?", "Linux", null));

    /** Vendor, type; the model in the first group. */
    private static final List<Rule> DEVICES = List.of(
            Rule.of("(iPad)", "Apple", "tablet"),
            Rule.of("(iPhone|iPod)", "Apple", "mobile"),
            Rule.of("\\b(SM-[TX]\\w+|GT-P\\w+)", "Samsung", "tablet"),
            Rule.of("\\b((?:SM|GT|SGH|SCH)-\\w+|SAMSUNG [\\w-]+)", "Samsung", "mobile"),
            Rule.of("\\b(Pixel C)\\b", "Google", "tablet"),
            Rule.of("\\b(Pixel[\\w ]*?)(?: Build|\\))", "Google", "mobile"),
            Rule.of("\\b(Nexus (?:7|9|10))", "Google", "tablet"),
            Rule.of("\\b(Nexus [\\w]+)", "LG", "mobile"),
            Rule.of("\\b((?:Redmi|Mi|POCO|M2\\d{3})[\\w ]*?)(?: Build|\\))", "Xiaomi", "mobile"),
            Rule.of("\\b((?:ONEPLUS|OnePlus) ?[\\w]+)", "OnePlus", "mobile"),
            Rule.of("\\b(moto[\\w() ]*?)(?: Build|\\))", "Motorola", "mobile"),
            Rule.of("; ((?:[A-Z]{3}-)[A-Z]{1,2}\\d{1,2}[A-Z]?)(?: Build|\\))", "Huawei", "mobile"));

    private UserAgents() {}

    /** {@code {browser: {name, version, major}, os: {name, version}, device: {vendor, model, type}}}, what is known of it. */
    static Map<String, Object> parse(String text) {
        String agent = text.length() <= CHARS_MAX ? text : text.substring(0, CHARS_MAX);
        Map<String, Object> parsed = new LinkedHashMap<>();
        Map<String, Object> browser = named(agent, BROWSERS);
        if (browser.get("version") instanceof String version) {
            browser.put("major", version.split("\\.", 2)[0]);
        }
        parsed.put("browser", browser);
        parsed.put("os", named(agent, SYSTEMS));
        parsed.put("device", device(agent));
        return parsed;
    }

    private static Map<String, Object> named(String agent, List<Rule> rules) {
        Map<String, Object> found = new LinkedHashMap<>();
        for (Rule rule : rules) {
            Matcher matcher = rule.pattern.matcher(agent);
            if (matcher.find() && rule.first != null) {
                found.put("name", rule.first);
                for (int group = 1; group <= matcher.groupCount(); group++) {
                    if (matcher.group(group) != null) {
                        found.put("version", matcher.group(group).replace('_', '.'));
                    }
                }
                return found;
            }
        }
        return found;
    }

    private static Map<String, Object> device(String agent) {
        Map<String, Object> found = new LinkedHashMap<>();
        for (Rule rule : DEVICES) {
            Matcher matcher = rule.pattern.matcher(agent);
            if (matcher.find() && rule.first != null && rule.second != null) {
                found.put("vendor", rule.first);
                found.put("model", matcher.group(1).strip());
                found.put("type", rule.second);
                return found;
            }
        }
        return found;
    }
}
