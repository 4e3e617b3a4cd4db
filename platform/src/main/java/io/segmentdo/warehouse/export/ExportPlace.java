package io.segmentdo.warehouse.export;

import java.io.IOException;
import java.nio.file.Path;

/** Where the files of one export go. For one thread. */
interface ExportPlace {
    /** Fails when something is there already. */
    void claim() throws IOException;

    /** Puts a local file there; the local one may be gone afterwards. */
    void put(Path local, String path) throws IOException;

    /** Removes a file that was put there. */
    void remove(String path) throws IOException;
}
