package io.segmentdo.store.rocks;

import io.segmentdo.rocks.Layout;
import io.segmentdo.store.Keyspace;
import io.segmentdo.store.StoreConfig;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.Cache;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.CompactionStyle;
import org.rocksdb.CompressionType;
import org.rocksdb.IndexType;
import org.rocksdb.LRUCache;
import org.rocksdb.RocksDB;
import org.rocksdb.WriteBufferManager;

/** How the keyspaces lie on disk: small blocks and filters for what is looked up, large ones for what is read in order. */
final class RocksLayout {
    private static final int FILTER_BITS_PER_KEY = 10;

    /** Few shards, so that even the smallest cache has room for large blocks in each; few threads read. */
    private static final int CACHE_SHARD_BITS = 2;

    /** What a part of the cache keeps filters and indexes before blocks of data. */
    private static final double CACHE_FOR_METADATA = 0.7;

    /** Of a write buffer, what filters out keys that are not in it. */
    private static final double BUFFER_FILTER = 0.05;

    private final StoreConfig config;
    private final Layout layout = new Layout();
    private final Cache cache;
    private final BloomFilter filter;

    private RocksLayout(StoreConfig config) {
        this.config = config;
        cache = layout.keep(new LRUCache(config.blockCache().bytes(), CACHE_SHARD_BITS, false, CACHE_FOR_METADATA));
        filter = layout.keep(new BloomFilter(FILTER_BITS_PER_KEY));
    }

    /** The default family holds what belongs to the store itself, then one family per keyspace in their order. */
    static Layout of(StoreConfig config) {
        return new RocksLayout(config).build();
    }

    private Layout build() {
        long buffers = config.writeBuffers().bytes();
        layout.options()
                .setMaxOpenFiles(config.maxOpenFiles())
                .setMaxBackgroundJobs(2)
                .setMaxTotalWalSize(2 * buffers)
                .setBytesPerSync(1 << 20)
                .setWriteBufferManager(layout.keep(new WriteBufferManager(buffers, bookkeeping(buffers))));
        ordered(layout.addFamily(RocksDB.DEFAULT_COLUMN_FAMILY), 1 << 20);
        for (Keyspace keyspace : Keyspace.values()) {
            ColumnFamilyOptions family =
                    layout.addFamily(keyspace.name().toLowerCase(Locale.ROOT).getBytes(StandardCharsets.UTF_8));
            switch (keyspace) {
                case ACTOR, TRAIT, LEDGER, DEDUPE -> lookedUp(family, buffers / 4);
                case OUTBOX -> log(family, buffers / 2);
                case META, CHANNEL, CURSOR, RETRY, DEAD_LETTER -> ordered(family, buffers / 8);
            }
        }
        return layout;
    }

    /** A cache of its own, which holds nothing: what is written must not push out what is read. */
    private Cache bookkeeping(long buffers) {
        return layout.keep(new LRUCache(buffers));
    }

    private void lookedUp(ColumnFamilyOptions family, long bufferBytes) {
        family.setWriteBufferSize(bufferBytes)
                .setCompressionType(CompressionType.LZ4_COMPRESSION)
                .setMemtableWholeKeyFiltering(true)
                .setMemtablePrefixBloomSizeRatio(BUFFER_FILTER)
                .setTableFormatConfig(table(4 << 10)
                        .setFilterPolicy(filter)
                        .setPartitionFilters(true)
                        .setIndexType(IndexType.kTwoLevelIndexSearch)
                        .setPinTopLevelIndexAndFilter(true));
    }

    private void ordered(ColumnFamilyOptions family, long bufferBytes) {
        family.setWriteBufferSize(bufferBytes)
                .setCompressionType(CompressionType.LZ4_COMPRESSION)
                .setTableFormatConfig(table(16 << 10));
    }

    /** Written once, read in order, cut from below: merging it often would be wasted. */
    private void log(ColumnFamilyOptions family, long bufferBytes) {
        family.setWriteBufferSize(bufferBytes)
                .setCompactionStyle(CompactionStyle.UNIVERSAL)
                .setCompressionType(CompressionType.LZ4_COMPRESSION)
                .setTableFormatConfig(table(32 << 10));
    }

    private BlockBasedTableConfig table(int blockBytes) {
        return new BlockBasedTableConfig()
                .setBlockCache(cache)
                .setBlockSize(blockBytes)
                .setCacheIndexAndFilterBlocks(true)
                .setCacheIndexAndFilterBlocksWithHighPriority(true)
                .setPinL0FilterAndIndexBlocksInCache(true);
    }
}
