package io.segmentdo.config;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A piece of a configuration together with the place where it was written. Immutable. */
sealed interface Located {
    /** The file and line, or the variable or option. */
    String where();

    /** How it reads in a message. */
    String shown();

    /**
     * One value.
     *
     * @param text as written
     * @param plain as the number, boolean or text that YAML sees in it; null for nothing
     */
    record Text(String text, @Nullable Object plain, String where) implements Located {
        static Text of(String text, String where) {
            return new Text(text, text, where);
        }

        @Override
        public String shown() {
            return text.length() <= 80 ? text : text.substring(0, 80) + "…";
        }
    }

    /** A sequence. */
    record Items(List<Located> items, String where) implements Located {
        public Items {
            items = List.copyOf(items);
        }

        @Override
        public String shown() {
            return "a list";
        }
    }

    /** Keys with their values, in the order of the file. */
    record Fields(Map<String, Located> fields, String where) implements Located {
        Fields with(List<String> path, Located value) {
            Map<String, Located> changed = new LinkedHashMap<>(fields);
            String key = path.getFirst();
            if (path.size() == 1) {
                changed.put(key, value);
            } else {
                Fields below = fields.get(key) instanceof Fields known ? known : new Fields(Map.of(), value.where());
                changed.put(key, below.with(path.subList(1, path.size()), value));
            }
            return new Fields(changed, where);
        }

        @Override
        public String shown() {
            return "a mapping";
        }
    }
}
