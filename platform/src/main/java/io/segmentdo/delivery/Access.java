package io.segmentdo.delivery;

import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Whether a destination accepts the credentials, by what became of its requests.
 *
 * <p>A refusal has three possible reasons, and each asks for something else. The credentials were replaced while the
 * request was under way: it is sent again. The credentials are not good, any more: they are renewed once, and if that does not
 * help, nothing is sent but a probe now and then. Or it is about this event only: others, sent later, were accepted, or
 * the same event was refused before and others were accepted since; then it is one event's failure. Confined to its lane.
 */
final class Access {
    /** What to do about a refused request. */
    enum Refusal {
        /** Send it again: the credentials have changed since. */
        REPEAT,
        /** It failed for a reason of its own. */
        ONE_EVENT,
        /** Try to get other credentials. */
        RENEW,
        /** Keep the events and leave the destination alone. */
        PAUSE
    }

    private static final int SUSPECTS_MAX = 10_000;

    private static final int DOUBLINGS = 6;

    private final long probeNanosMax;
    private final Set<DeliveryKey> suspects = Collections.newSetFromMap(new LinkedHashMap<>() {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<DeliveryKey, Boolean> eldest) {
            return size() > SUSPECTS_MAX;
        }
    });

    private int generation;
    private boolean renewed;
    private boolean accepted;
    private long acceptedStartNanos;
    private boolean paused;
    private long probeAtNanos;
    private long probeNanos;
    private String reason = "";

    /**
     * Begins without any knowledge.
     *
     * @param probe how long a destination that does not accept the credentials is left alone between two attempts, at most;
     *     at first it is a small part of that, which doubles
     */
    Access(Duration probe) {
        this.probeNanosMax = probe.toNanos();
        this.probeNanos = probeNanosMax >> DOUBLINGS;
    }

    /** Counts the credentials; a request keeps it to be recognised by. */
    int generation() {
        return generation;
    }

    /** The credentials are other ones: whatever was known is forgotten. */
    void reset() {
        generation++;
        accepted = false;
        resume();
        suspects.clear();
    }

    /** The plugin has got new credentials. */
    void renewed() {
        generation++;
        renewed = true;
        accepted = false;
    }

    /** Sends again, whatever was refused. */
    void resume() {
        paused = false;
        renewed = false;
        probeNanos = probeNanosMax >> DOUBLINGS;
        reason = "";
    }

    /** A request was answered as one that may ask. */
    void accept(int ofGeneration, long startedNanos) {
        if (ofGeneration != generation) {
            return;
        }
        if (!accepted || startedNanos - acceptedStartNanos > 0) {
            acceptedStartNanos = startedNanos;
        }
        accepted = true;
        resume();
    }

    /** What to do about a request that was refused. */
    Refusal refuse(int ofGeneration, long startedNanos, List<DeliveryKey> keys) {
        if (ofGeneration != generation) {
            return Refusal.REPEAT;
        }
        boolean othersAccepted = accepted && acceptedStartNanos - startedNanos > 0;
        boolean again = accepted && suspects.containsAll(keys);
        if (othersAccepted || again) {
            // its next refusal says nothing about the credentials either, even when it is the last
            suspects.addAll(keys);
            return Refusal.ONE_EVENT;
        }
        return renewed || paused ? Refusal.PAUSE : Refusal.RENEW;
    }

    /** Leaves the destination alone until the next probe. */
    void pause(String because, List<DeliveryKey> keys, long nowNanos) {
        if (!paused) {
            paused = true;
            accepted = false;
            probeAtNanos = nowNanos + probeNanos;
        }
        reason = because;
        suspects.addAll(keys);
    }

    /** A probe begins; the next one waits for twice as long. */
    void probing(long nowNanos) {
        probeNanos = Math.min(probeNanosMax, Math.max(1, probeNanos * 2));
        probeAtNanos = nowNanos + probeNanos;
    }

    /** Whether an event was refused that may itself be the reason. */
    boolean suspects(DeliveryKey key) {
        return suspects.contains(key);
    }

    boolean isPaused() {
        return paused;
    }

    /** Why it is paused; empty when it is not. */
    String reason() {
        return reason;
    }

    /** In how many nanoseconds a probe may go; 0 for now and for whoever is not paused. */
    long nanosUntilProbe(long nowNanos) {
        return paused ? Math.max(0, probeAtNanos - nowNanos) : 0;
    }
}
