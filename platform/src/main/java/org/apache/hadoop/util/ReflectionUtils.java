package org.apache.hadoop.util;

import org.apache.hadoop.conf.Configuration;

/** Makes objects of classes that settings name. */
public class ReflectionUtils {
    private ReflectionUtils() {}

    public static <T> T newInstance(Class<T> type, Configuration configuration) {
        try {
            return type.getDeclaredConstructor().newInstance();
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }
}
