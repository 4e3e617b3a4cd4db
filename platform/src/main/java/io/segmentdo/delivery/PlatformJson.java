package io.segmentdo.delivery;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.segmentdo.api.Json;
import java.io.IOException;
import java.util.Map;

/** JSON for events and plugins. Safe for concurrent use. */
final class PlatformJson implements Json {
    static final PlatformJson INSTANCE = new PlatformJson();
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final TypeReference<Map<String, Object>> OBJECT = new TypeReference<>() {};

    private PlatformJson() {}

    @Override
    public byte[] write(Object value) {
        try {
            return MAPPER.writeValueAsBytes(value);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(e.getOriginalMessage(), e);
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

    /** The members of a JSON object. */
    Map<String, Object> readObject(byte[] text) {
        try {
            return MAPPER.readValue(text, OBJECT);
        } catch (IOException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }
}
