package io.segmentdo.plugin;

import io.segmentdo.api.Destination;

/**
 * All that plugins share with the platform: the JDK, the plugin API and SLF4J. Nothing else of the platform is visible to
 * them, and none of their bundled copies of these is used. Safe for concurrent use.
 */
final class ApiLoader extends ClassLoader {
    static final ApiLoader INSTANCE = new ApiLoader();

    static {
        registerAsParallelCapable();
    }

    private ApiLoader() {
        super("plugin-api", ClassLoader.getPlatformClassLoader());
    }

    @Override
    protected Class<?> findClass(String name) throws ClassNotFoundException {
        if (name.startsWith("io.segmentdo.api.") || name.startsWith("org.slf4j.")) {
            return Destination.class.getClassLoader().loadClass(name);
        }
        throw new ClassNotFoundException(name);
    }
}
