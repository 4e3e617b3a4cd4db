package io.segmentdo.app;

/** On the embedded store. */
class ProfileApiIT extends ProfileApiContract {
    @Override
    String store() {
        return "store: {partitions: 8}\n";
    }
}
