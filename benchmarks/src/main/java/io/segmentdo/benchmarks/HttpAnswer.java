package io.segmentdo.benchmarks;

import io.vertx.core.buffer.Buffer;

/** Reads as much of an HTTP/1.1 answer as a load generator needs. */
final class HttpAnswer {
    private static final byte[] CONTENT_LENGTH = {
        'c', 'o', 'n', 't', 'e', 'n', 't', '-', 'l', 'e', 'n', 'g', 't', 'h', ':'
    };

    private HttpAnswer() {}

    /** Whether the status is 200. */
    static boolean isOk(Buffer answer) {
        return answer.getByte(9) == '2' && answer.getByte(10) == '0' && answer.getByte(11) == '0';
    }

    /** The length of the answer when all of it is there, otherwise -1. */
    static int completeLength(Buffer answer) {
        int size = answer.length();
        for (int at = 0; at + 3 < size; at++) {
            if (answer.getByte(at) == '\r' && answer.getByte(at + 2) == '\r') {
                int total = at + 4 + contentLength(answer, at);
                return size >= total ? total : -1;
            }
        }
        return -1;
    }

    private static int contentLength(Buffer answer, int headEnd) {
        for (int at = 0; at + CONTENT_LENGTH.length < headEnd; at++) {
            if (answer.getByte(at) == '\n' && matches(answer, at + 1)) {
                int value = 0;
                for (int i = at + 1 + CONTENT_LENGTH.length; i < headEnd && answer.getByte(i) != '\r'; i++) {
                    byte digit = answer.getByte(i);
                    value = digit == ' ' ? value : value * 10 + digit - '0';
                }
                return value;
            }
        }
        return 0;
    }

    private static boolean matches(Buffer answer, int offset) {
        for (int i = 0; i < CONTENT_LENGTH.length; i++) {
            int letter = answer.getByte(offset + i);
            if ((letter >= 'A' && letter <= 'Z' ? letter + 32 : letter) != CONTENT_LENGTH[i]) {
                return false;
            }
        }
        return true;
    }
}
