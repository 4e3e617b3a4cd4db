package io.segmentdo.connector;

import io.segmentdo.api.Setting;
import io.segmentdo.api.Settings;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.PatternSyntaxException;

/** Reads the declarations of settings, and later their values. */
final class SettingReader {
    private SettingReader() {}

    /** Reads {@code settings}: objects by name. */
    static List<Setting> read(YamlObject connector) {
        var settings = new ArrayList<Setting>();
        connector.object("settings").eachObject((name, declaration) -> settings.add(setting(name, declaration)));
        return settings;
    }

    private static Setting setting(String name, YamlObject declaration) {
        declaration.allow(
                "type", "required", "default", "values", "pattern", "min", "max", "label", "description", "dependsOn");
        String type = declaration.choice(
                "type", "string", "secret", "url", "integer", "number", "boolean", "enum", "list", "map");
        Setting setting = switch (type) {
            case "secret" -> Setting.secret(name);
            case "url" -> Setting.url(name);
            case "integer" ->
                Setting.integer(name, declaration.count("min", 1), declaration.count("max", Integer.MAX_VALUE));
            case "number" -> number(name, declaration);
            case "boolean" -> Setting.flag(name);
            case "enum" -> Setting.choice(name, values(declaration));
            case "list" -> Setting.texts(name);
            case "map" -> Setting.textMap(name);
            default -> Setting.text(name);
        };
        if (declaration.has("label")) {
            setting = setting.label(declaration.text("label"));
        }
        if (declaration.has("description")) {
            setting = setting.help(declaration.text("description"));
        }
        if (declaration.has("dependsOn")) {
            setting = dependent(setting, declaration);
        }
        return withDefault(
                withPattern(declaration.flag("required") ? setting.required() : setting, declaration), declaration);
    }

    private static Setting number(String name, YamlObject declaration) {
        for (String bound : List.of("min", "max")) {
            if (declaration.has(bound)) {
                declaration.problem(bound, "nothing: only an integer has bounds");
            }
        }
        return Setting.number(name);
    }

    /** Reads {@code dependsOn}: another setting, and the values of it with which this one matters. */
    private static Setting dependent(Setting setting, YamlObject declaration) {
        YamlObject dependsOn = declaration.object("dependsOn");
        for (String other : dependsOn.names()) {
            Object values = dependsOn.takes(other, SchemaNode.Kind.PLAIN).raw(other);
            return setting.dependsOn(
                    other, values instanceof List<?> list ? list.toArray() : new Object[] {String.valueOf(values)});
        }
        declaration.problem("dependsOn", "a setting with its values, e.g. {region: [eu]}");
        return setting;
    }

    private static String[] values(YamlObject declaration) {
        if (declaration.takes("values", SchemaNode.Kind.PLAIN).raw("values") instanceof List<?> values
                && !values.isEmpty()) {
            return values.stream().map(String::valueOf).toArray(String[]::new);
        }
        declaration.problem("values", "a list of texts");
        return new String[] {""};
    }

    private static Setting withPattern(Setting setting, YamlObject declaration) {
        if (!declaration.has("pattern")) {
            return setting;
        }
        try {
            return setting.pattern(declaration.text("pattern"));
        } catch (PatternSyntaxException invalid) {
            declaration.problem("pattern", "a regular expression");
            return setting;
        }
    }

    private static Setting withDefault(Setting setting, YamlObject declaration) {
        Object value = declaration.takes("default", SchemaNode.Kind.PLAIN).raw("default");
        if (value == null) {
            return setting;
        }
        try {
            return setting.defaultsTo(value);
        } catch (IllegalArgumentException unfit) {
            declaration.problem("default", String.valueOf(unfit.getMessage()));
            return setting;
        }
    }

    /** The values by name, for mappings; those that were not given are missing. */
    static Map<String, Object> values(List<Setting> declared, Settings settings) {
        Map<String, Object> values = new LinkedHashMap<>();
        for (Setting setting : declared) {
            String name = setting.name();
            if (settings.has(name)) {
                values.put(
                        name,
                        switch (setting.type()) {
                            case TEXT, URL, CHOICE -> settings.text(name);
                            case INTEGER -> settings.integer(name);
                            case NUMBER -> settings.number(name);
                            case FLAG -> settings.flag(name);
                            case TEXTS -> settings.texts(name);
                            case TEXT_MAP -> settings.textMap(name);
                        });
            }
        }
        return values;
    }
}
