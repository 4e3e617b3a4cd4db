package io.segmentdo.testkit;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.segmentdo.api.Json;
import java.io.IOException;

/** JSON as the platform reads and writes it. */
final class TestJson implements Json {
    static final TestJson INSTANCE = new TestJson();
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private TestJson() {}

    @Override
    public byte[] write(Object value) {
        try {
            return MAPPER.writeValueAsBytes(value);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }

    @Override
    public Object read(byte[] text) {
        try {
            return MAPPER.readValue(text, Object.class);
        } catch (IOException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }
}
