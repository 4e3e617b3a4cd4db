package org.apache.hadoop.io.compress;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/** A way to compress pages. */
public interface CompressionCodec {
    Compressor createCompressor();

    Decompressor createDecompressor();

    CompressionInputStream createInputStream(InputStream in) throws IOException;

    CompressionInputStream createInputStream(InputStream in, Decompressor decompressor) throws IOException;

    CompressionOutputStream createOutputStream(OutputStream out) throws IOException;

    CompressionOutputStream createOutputStream(OutputStream out, Compressor compressor) throws IOException;

    Class<? extends Compressor> getCompressorType();

    Class<? extends Decompressor> getDecompressorType();

    String getDefaultExtension();
}
