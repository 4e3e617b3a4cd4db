package org.apache.hadoop.io.compress;

/** Compressors of codecs that come as Hadoop classes, of which there are none: parquet-java brings its own. */
public class CodecPool {
    private CodecPool() {}

    public static Compressor getCompressor(CompressionCodec codec) {
        return codec.createCompressor();
    }

    public static Decompressor getDecompressor(CompressionCodec codec) {
        return codec.createDecompressor();
    }

    public static void returnCompressor(Compressor compressor) {
        // nothing is kept
    }

    public static void returnDecompressor(Decompressor decompressor) {
        // nothing is kept
    }
}
