package io.segmentdo.warehouse.query;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.segmentdo.temporary.TemporaryDirectory;
import io.segmentdo.warehouse.engine.Engines;
import java.io.IOException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Engines for the tests of a class, so that not each of them starts its own; to be registered in a static field. */
public final class SharedEngines implements BeforeAllCallback, AfterAllCallback {
    private @Nullable TemporaryDirectory directory;
    private @Nullable Engines engines;

    @Override
    public void beforeAll(ExtensionContext context) throws IOException {
        TemporaryDirectory made = new TemporaryDirectory("engines");
        directory = made;
        engines = new Engines(WarehouseFixture.ENGINES, made.path().resolve("engines"), new SimpleMeterRegistry());
    }

    /** Open until the class has ended. */
    public Engines get() {
        return Objects.requireNonNull(engines, "not registered in a static field");
    }

    @Override
    public void afterAll(ExtensionContext context) {
        if (engines != null) {
            engines.close();
        }
        if (directory != null) {
            directory.close();
        }
    }
}
