package org.apache.hadoop.io.compress;

import java.io.IOException;
import org.apache.hadoop.conf.Configuration;

/** One compression under way. */
public interface Compressor {
    int compress(byte[] target, int offset, int length) throws IOException;

    void end();

    void finish();

    boolean finished();

    long getBytesRead();

    long getBytesWritten();

    boolean needsInput();

    void reinit(Configuration configuration);

    void reset();

    void setDictionary(byte[] dictionary, int offset, int length);

    void setInput(byte[] input, int offset, int length);
}
