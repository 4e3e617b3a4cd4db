package io.segmentdo.warehouse;

import io.segmentdo.warehouse.files.LocalFiles;
import java.util.function.Consumer;
import org.apache.iceberg.io.FileIO;
import org.apache.iceberg.io.InputFile;
import org.apache.iceberg.io.OutputFile;

/** Files of this machine; before one is written or removed a test can do something, or fail. */
final class WatchedFiles implements FileIO {
    private static final long serialVersionUID = 1;

    private final transient LocalFiles files = new LocalFiles();
    private final transient Consumer<String> beforeChange;

    WatchedFiles(Consumer<String> beforeChange) {
        this.beforeChange = beforeChange;
    }

    @Override
    public InputFile newInputFile(String location) {
        return files.newInputFile(location);
    }

    @Override
    public OutputFile newOutputFile(String location) {
        beforeChange.accept(location);
        return files.newOutputFile(location);
    }

    @Override
    public void deleteFile(String location) {
        beforeChange.accept(location);
        files.deleteFile(location);
    }
}
