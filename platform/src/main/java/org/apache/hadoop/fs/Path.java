package org.apache.hadoop.fs;

import java.net.URI;

/** The name of a file; files themselves are reached through Iceberg's FileIO. Immutable. */
public class Path {
    private final URI uri;

    public Path(String path) {
        this.uri = URI.create(path);
    }

    public Path(URI uri) {
        this.uri = uri;
    }

    public Path(Path parent, String child) {
        this(parent + "/" + child);
    }

    public String getName() {
        String path = uri.getPath();
        return path.substring(path.lastIndexOf('/') + 1);
    }

    public URI toUri() {
        return uri;
    }

    @Override
    public String toString() {
        return uri.toString();
    }
}
