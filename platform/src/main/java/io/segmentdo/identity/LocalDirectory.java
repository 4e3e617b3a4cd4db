package io.segmentdo.identity;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** The directory of a node on its own: everything is here, always. Safe for concurrent use. */
public final class LocalDirectory implements Directory {
    private static final String MEMBER = "here";

    private final List<Place> lanes = new ArrayList<>();
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();

    /** Of a node with so many lanes. */
    public LocalDirectory(int lanes) {
        for (int lane = 0; lane < lanes; lane++) {
            this.lanes.add(new Place(MEMBER, lane));
        }
    }

    /** The places of the lanes, in the order of their numbers. */
    public List<Place> places() {
        return List.copyOf(lanes);
    }

    @Override
    public Place find(int partition) {
        return lanes.get(partition % lanes.size());
    }

    @Override
    public boolean isHere(Place place) {
        return true;
    }

    @Override
    public boolean isMember(Place place) {
        return true;
    }

    @Override
    public AutoCloseable onChange(Runnable listener) {
        listeners.add(listener);
        return () -> listeners.remove(listener);
    }

    /** Lets everybody look again, because a lane was opened. */
    public void changed() {
        listeners.forEach(Runnable::run);
    }
}
