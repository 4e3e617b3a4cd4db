package io.segmentdo.config;

import java.lang.reflect.RecordComponent;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A configuration that was read, together with where its values stand.
 *
 * <p>Immutable.
 *
 * @param value the record tree
 * @param origins file and line of each key
 */
public record Loaded<T extends Record>(T value, Origins origins) {
    /** Every key with its value as text, in order; secrets and whatever came by reference are masked. */
    public Map<String, String> masked() {
        Map<String, String> lines = new LinkedHashMap<>();
        collect(value, "", lines);
        return lines;
    }

    private void collect(Object value, String path, Map<String, String> lines) {
        switch (value) {
            case Optional<?> optional -> optional.ifPresent(present -> collect(present, path, lines));
            case Map<?, ?> map -> map.forEach((key, entry) -> collect(entry, Keys.join(path, key.toString()), lines));
            case List<?> list -> {
                for (int i = 0; i < list.size(); i++) {
                    collect(list.get(i), path + "[" + i + "]", lines);
                }
            }
            default -> {
                if (Scalars.isSection(value.getClass())) {
                    for (RecordComponent component : value.getClass().getRecordComponents()) {
                        collect(Binder.read(component, value), Keys.join(path, Keys.of(component)), lines);
                    }
                } else {
                    lines.put(path, origins.reference(path).orElseGet(() -> Scalars.format(value)));
                }
            }
        }
    }
}
