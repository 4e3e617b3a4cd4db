package io.segmentdo.identity;

import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A bounded memory of what is used often: two generations, of which the older is forgotten as a whole when the younger is
 * full. What comes for the first time in a while is kept for its batch only: among millions of keys most would be forgotten
 * before they are used again, and push out those that are. It forgets only when told to, so that within a batch a key always
 * has the same value. Confined to its thread.
 */
final class Recent<K, V> {
    private static final int BITS_PER_KEY = 8;

    /** The golden ratio of 32 bits: neighbours among hashes come to lie far apart. */
    private static final int SPREADING = 0x9E3779B9;

    private final int generationMax;
    private Map<K, V> young = new HashMap<>();
    private Map<K, V> old = new HashMap<>();
    private final Map<K, V> ofBatch = new HashMap<>();

    // hashes of keys that came once, in generations as well
    private BitSet youngOnce = new BitSet();
    private BitSet oldOnce = new BitSet();
    private int once;

    /** Keeps between half of the bound and the bound, more within one batch. */
    Recent(int max) {
        this.generationMax = Math.max(1, max / 2);
    }

    @Nullable
    V find(K key) {
        V value = young.get(key);
        if (value == null) {
            value = ofBatch.get(key);
        }
        if (value == null && !old.isEmpty()) {
            value = old.remove(key);
            if (value != null) {
                young.put(key, value);
            }
        }
        return value;
    }

    void put(K key, V value) {
        boolean isKept = find(key) != null && young.replace(key, value) != null;
        if (!isKept) {
            ofBatch.put(key, value);
        }
    }

    /** Ends the batch: forgets what came once, and the older half when there is too much. */
    void trim() {
        ofBatch.forEach((key, value) -> {
            if (hasComeBefore(key)) {
                young.put(key, value);
            }
        });
        ofBatch.clear();
        if (young.size() > generationMax) {
            old = young;
            young = new HashMap<>();
        }
    }

    private boolean hasComeBefore(K key) {
        long hash = Integer.toUnsignedLong(key.hashCode() * SPREADING);
        int bit = (int) ((hash * BITS_PER_KEY * generationMax) >>> Integer.SIZE);
        if (youngOnce.get(bit) || oldOnce.get(bit)) {
            return true;
        }
        youngOnce.set(bit);
        once++;
        if (once > generationMax) {
            once = 0;
            oldOnce = youngOnce;
            youngOnce = new BitSet(BITS_PER_KEY * generationMax);
        }
        return false;
    }
}
