package org.apache.hadoop.io.compress;

import java.io.IOException;

/** One decompression under way. */
public interface Decompressor {
    int decompress(byte[] target, int offset, int length) throws IOException;

    void end();

    boolean finished();

    int getRemaining();

    boolean needsDictionary();

    boolean needsInput();

    void reset();

    void setDictionary(byte[] dictionary, int offset, int length);

    void setInput(byte[] input, int offset, int length);
}
