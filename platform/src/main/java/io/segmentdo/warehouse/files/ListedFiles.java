package io.segmentdo.warehouse.files;

import org.apache.iceberg.io.BulkDeletionFailureException;
import org.apache.iceberg.io.FileInfo;
import org.apache.iceberg.io.SupportsBulkOperations;
import org.apache.iceberg.io.SupportsPrefixOperations;

/** Files that can be listed, and are deleted one after another on the caller's thread. Safe for concurrent use. */
interface ListedFiles extends SupportsPrefixOperations, SupportsBulkOperations {
    /** One after another, so that it needs no threads of Iceberg, which end early. */
    @Override
    default void deleteFiles(Iterable<String> locations) {
        int failed = 0;
        for (String location : locations) {
            try {
                deleteFile(location);
            } catch (RuntimeException e) {
                failed++;
            }
        }
        if (failed > 0) {
            throw new BulkDeletionFailureException(failed);
        }
    }

    @Override
    default void deletePrefix(String prefix) {
        for (FileInfo file : listPrefix(prefix)) {
            deleteFile(file.location());
        }
    }
}
