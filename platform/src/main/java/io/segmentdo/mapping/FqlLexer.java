package io.segmentdo.mapping;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Cuts FQL text into tokens. Confined to its thread. */
final class FqlLexer {
    enum Kind {
        FIELD,
        TEXT,
        NUMBER,
        NULL,
        OPERATOR,
        CONJUNCTION,
        OPEN,
        CLOSE,
        COMMA,
        OTHER,
        END
    }

    /**
     * One token.
     *
     * @param kind what it is
     * @param text what it says: the content of a quoted text, the unescaped and joined parts of a field
     * @param raw as written
     * @param position where it starts
     */
    record Token(Kind kind, String text, String raw, int position) {}

    private final String text;
    private final FqlReading reading;
    private final List<Token> tokens = new ArrayList<>();
    private int at;

    FqlLexer(String text, FqlReading reading) {
        this.text = text;
        this.reading = reading;
    }

    List<Token> tokens() {
        while (at < text.length()) {
            char next = text.charAt(at);
            if (next == ' ' || next == '\t' || next == '\n' || (next == '\r' && isOurs())) {
                at++;
            } else if (isLetter(next) || next == '_' || next == '\\' || (isOurs() && isDigit(next) && followsDot())) {
                word();
            } else if (isDigit(next) || next == '-' || next == '+') {
                number();
            } else if (next == '"' || next == '\'') {
                quoted(next);
            } else {
                symbol(next);
            }
        }
        add(Kind.END, "eos", at);
        return tokens;
    }

    private boolean isOurs() {
        return reading == FqlReading.OURS;
    }

    private void symbol(char next) {
        int start = at++;
        switch (next) {
            case '=' -> add(Kind.OPERATOR, "=", start);
            case '!' -> {
                if (endsSymbol('=')) {
                    add(Kind.OPERATOR, "!=", start);
                } else if (at < text.length() && (isLetter(text.charAt(at)) || text.charAt(at) == '(')) {
                    add(Kind.OPERATOR, "!", start);
                } else {
                    throw new InvalidFqlException(text, start, "expected = after !");
                }
            }
            case '<', '>' -> add(Kind.OPERATOR, endsSymbol('=') ? next + "=" : String.valueOf(next), start);
            case '(' -> add(Kind.OPEN, "(", start);
            case ')' -> add(Kind.CLOSE, ")", start);
            case ',' -> add(Kind.COMMA, ",", start);
            case '.', '[', ']' -> add(Kind.OTHER, String.valueOf(next), start);
            default -> throw new InvalidFqlException(text, start, "unexpected character '" + next + "'");
        }
    }

    /** Consumes the second character of an operator; Segment wants a space after it. */
    private boolean endsSymbol(char second) {
        if (at < text.length() && text.charAt(at) == second && (isOurs() || isTerminator(at + 1))) {
            at++;
            return true;
        }
        return false;
    }

    private void word() {
        int start = at;
        var name = new StringBuilder();
        while (at < text.length() && isWordPart(text.charAt(at))) {
            if (text.charAt(at) == '\\' && ++at == text.length()) {
                throw new InvalidFqlException(text, start, "expected a character after \\");
            }
            name.append(text.charAt(at++));
        }
        if (!isOurs() && !isTerminator(at) && ".(=!".indexOf(text.charAt(at)) < 0) {
            throw new InvalidFqlException(text, at, "unexpected character '" + text.charAt(at) + "' after a name");
        }
        String word = name.toString();
        String keyword = isOurs() ? word.toLowerCase(Locale.ROOT) : word;
        boolean standsAlone = isOurs() ? !followsDot() : isTerminator(at);
        if (standsAlone && (keyword.equals("and") || keyword.equals("or"))) {
            add(Kind.CONJUNCTION, keyword, start);
        } else if (standsAlone && word.equals("null")) {
            add(Kind.NULL, word, start);
        } else {
            addField(word, start);
        }
    }

    /** Adds a name, joined with the name before it if a dot stands between them. */
    private void addField(String name, int start) {
        int last = tokens.size() - 1;
        if (followsDot() && last >= 1 && tokens.get(last - 1).kind() == Kind.FIELD) {
            Token first = tokens.get(last - 1);
            tokens.subList(last - 1, last + 1).clear();
            String joined = first.text() + "." + name;
            tokens.add(new Token(Kind.FIELD, joined, joined, first.position()));
        } else {
            tokens.add(new Token(Kind.FIELD, name, name, start));
        }
    }

    private boolean followsDot() {
        return !tokens.isEmpty() && tokens.getLast().raw().equals(".");
    }

    private void number() {
        int start = at++;
        while (at < text.length() && (isDigit(text.charAt(at)) || text.charAt(at) == '.')) {
            at++;
        }
        String number = text.substring(start, at);
        if (Double.isNaN(JsNumbers.number(number)) || number.endsWith(".")) {
            throw new InvalidFqlException(text, start, "expected a number, found " + number);
        }
        add(Kind.NUMBER, number, start);
    }

    private void quoted(char quote) {
        int start = at;
        int end = text.indexOf(quote, start + 1);
        if (end < 0) {
            throw new InvalidFqlException(text, start, "the quote is not closed");
        }
        at = end + 1;
        String raw = text.substring(start, at);
        // Segment keeps single quotes as a part of the text
        String content = quote == '"' || isOurs() ? text.substring(start + 1, end) : raw;
        tokens.add(new Token(Kind.TEXT, content, raw, start));
    }

    private void add(Kind kind, String value, int start) {
        tokens.add(new Token(kind, value, value, start));
    }

    private boolean isTerminator(int position) {
        return position >= text.length() || " \t\n,])".indexOf(text.charAt(position)) >= 0;
    }

    private static boolean isWordPart(char c) {
        return isLetter(c) || isDigit(c) || c == '_' || c == '-' || c == '\\';
    }

    private static boolean isLetter(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }
}
