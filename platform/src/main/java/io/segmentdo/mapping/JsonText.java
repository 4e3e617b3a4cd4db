package io.segmentdo.mapping;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.StdSerializer;
import java.io.IOException;
import java.io.Writer;
import org.jspecify.annotations.Nullable;

/** JSON as text inside of values. Safe for concurrent use. */
final class JsonText {
    private static final ObjectMapper MAPPER = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .addModule(new SimpleModule().addSerializer(Double.class, new DoubleAsInJavaScript()))
            .build();

    private JsonText() {}

    /** A value as JSON; whole numbers without a fraction, as JavaScript writes them. */
    static String encode(@Nullable Object value) {
        var text = new BoundedWriter();
        try {
            MAPPER.writeValue(text, value);
        } catch (IOException impossible) {
            throw new MappingException("a value that is no JSON");
        }
        return text.toString();
    }

    /** JSON as a value; text that is none comes back as it is. */
    static @Nullable Object decode(String text) {
        if (text.isBlank()) {
            return text;
        }
        try {
            return MAPPER.readValue(text, Object.class);
        } catch (JsonProcessingException noJson) {
            return text;
        }
    }

    private static final class DoubleAsInJavaScript extends StdSerializer<Double> {
        private static final long serialVersionUID = 1;

        DoubleAsInJavaScript() {
            super(Double.class);
        }

        @Override
        public void serialize(Double value, JsonGenerator json, SerializerProvider provider) throws IOException {
            if (Double.isFinite(value)) {
                json.writeNumber(JsNumbers.text(value));
            } else {
                json.writeNull();
            }
        }
    }

    /** Refuses to grow beyond the limit while it is written to, however often parts of a value repeat. */
    private static final class BoundedWriter extends Writer {
        private final StringBuilder text = new StringBuilder();

        @Override
        public void write(char[] chars, int from, int length) {
            TextLimit.check(text.append(chars, from, length));
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}

        @Override
        public String toString() {
            return text.toString();
        }
    }
}
