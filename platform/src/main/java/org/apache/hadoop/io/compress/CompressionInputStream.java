package org.apache.hadoop.io.compress;

import java.io.IOException;
import java.io.InputStream;

/** Decompresses what it reads. */
public abstract class CompressionInputStream extends InputStream {
    protected final InputStream in;

    protected CompressionInputStream(InputStream in) {
        this.in = in;
    }

    public abstract void resetState() throws IOException;

    @Override
    public void close() throws IOException {
        in.close();
    }
}
