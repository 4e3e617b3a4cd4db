package org.apache.hadoop.fs;

/** Chooses among paths. */
public interface PathFilter {
    boolean accept(Path path);
}
