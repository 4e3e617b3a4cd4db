package org.apache.hadoop.util;

import org.apache.hadoop.conf.Configurable;
import org.apache.hadoop.conf.Configuration;

/** Makes objects of classes that settings name. */
public class ReflectionUtils {
    private ReflectionUtils() {}

    public static <T> T newInstance(Class<T> type, Configuration configuration) {
        try {
            T made = type.getDeclaredConstructor().newInstance();
            if (made instanceof Configurable configurable) {
                configurable.setConf(configuration);
            }
            return made;
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }
}
