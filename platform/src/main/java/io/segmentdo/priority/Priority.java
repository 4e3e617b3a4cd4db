package io.segmentdo.priority;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The share of the processor that a thread gets when others want it too.
 *
 * <p>Senders wait for the threads that accept events, and nobody for those behind the spool: with a lower share these make
 * room in a burst and catch up afterwards, and while the processor is not short they are as fast as ever. Java's own
 * thread priorities do nothing on Linux, so the kernel is told directly; elsewhere nothing happens.
 *
 * <p>Any thread changes its own priority only.
 */
public enum Priority {
    /** On the way of an event behind the spool: about a tenth of the share of a thread that accepts. */
    BEHIND(10),

    /** What may be late by seconds. */
    LATE(15);

    private static final Logger log = LoggerFactory.getLogger(Priority.class);

    private final int nice;

    Priority(int nice) {
        this.nice = nice;
    }

    /** How far below the priority of the process, in the kernel's steps. */
    int nice() {
        return nice;
    }

    /** Lowers the calling platform thread to this priority, once and for the rest of its life. */
    public void take() {
        if (!isLinux()) {
            return;
        }
        try {
            int now = (int) Native.NICE.invokeExact(nice);
            log.atDebug()
                    .addKeyValue("priority", this)
                    .addKeyValue("nice", now)
                    .log("Priority of a thread was lowered");
        } catch (Throwable e) {
            log.atDebug().addKeyValue("priority", this).setCause(e).log("Priority of a thread was not changed");
        }
    }

    private static boolean isLinux() {
        return System.getProperty("os.name", "").toLowerCase(Locale.ROOT).contains("linux");
    }

    /** {@code int nice(int increment)}; on Linux it is about the calling thread, see nice(2). */
    @SuppressWarnings("restricted") // of the native functions, this one is harmless
    private static final class Native {
        static final MethodHandle NICE = Linker.nativeLinker()
                .downcallHandle(
                        Linker.nativeLinker().defaultLookup().findOrThrow("nice"),
                        FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));
    }
}
