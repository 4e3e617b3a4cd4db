package io.segmentdo.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Resolves {@code ${env:NAME}} and {@code ${file:path}} wherever a text stands; {@code $${env:NAME}} stays as it is with
 * one dollar less. Immutable.
 */
final class References {
    private static final Pattern REFERENCE = Pattern.compile("(\\$?)\\$\\{(env|file):([^}]*)}");
    private static final int FILE_BYTES_MAX = 64 << 10;

    private final Map<String, String> environment;
    private final Path base;

    /** A reference that leads nowhere; the message says what was expected. */
    static final class UnresolvedException extends Exception {
        private static final long serialVersionUID = 1;

        UnresolvedException(String message) {
            super(message);
        }
    }

    References(Map<String, String> environment, Path base) {
        this.environment = Map.copyOf(environment);
        this.base = base;
    }

    /** Whether a text holds a reference, so that what it resolves to must not be shown. */
    static boolean isReference(String text) {
        return REFERENCE
                .matcher(text)
                .results()
                .anyMatch(match -> match.group(1).isEmpty());
    }

    String resolve(String text) throws UnresolvedException {
        Matcher matcher = REFERENCE.matcher(text);
        StringBuilder resolved = new StringBuilder();
        while (matcher.find()) {
            String value = matcher.group(1).isEmpty()
                    ? value(matcher.group(2), matcher.group(3).trim())
                    : matcher.group().substring(1);
            matcher.appendReplacement(resolved, Matcher.quoteReplacement(value));
        }
        return matcher.appendTail(resolved).toString();
    }

    private String value(String kind, String name) throws UnresolvedException {
        if (kind.equals("file")) {
            return content(base.resolve(name));
        }
        String value = environment.get(name);
        if (value == null) {
            throw new UnresolvedException("the environment variable " + name + " to be set");
        }
        return value;
    }

    private static String content(Path file) throws UnresolvedException {
        try {
            if (Files.size(file) <= FILE_BYTES_MAX) {
                return Files.readString(file).stripTrailing();
            }
        } catch (IOException e) {
            throw new UnresolvedException("a readable UTF-8 file " + file);
        }
        throw new UnresolvedException("a file of at most 64KiB at " + file);
    }
}
