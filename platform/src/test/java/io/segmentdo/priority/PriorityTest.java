package io.segmentdo.priority;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@EnabledOnOs(OS.LINUX)
class PriorityTest {
    private static final int LOWEST = 19;
    private static final int NICE = 16; // counted behind the name, see proc_pid_stat(5)

    @ParameterizedTest
    @EnumSource
    void lowersTheThreadThatTakesIt(Priority priority) {
        assertThat(onThread(priority::take)).isEqualTo(Math.min(LOWEST, niceNow() + priority.nice()));
    }

    @Test
    void leavesOtherThreadsAlone() {
        int before = niceNow();

        assertThat(onThread(Priority.LATE::take)).isPositive();

        assertThat(niceNow()).isEqualTo(before);
    }

    private static int onThread(Runnable task) {
        CompletableFuture<Integer> nice = new CompletableFuture<>();
        Thread.ofPlatform().start(() -> {
            task.run();
            nice.complete(niceNow());
        });
        return nice.join();
    }

    private static int niceNow() {
        try {
            String stat = Files.readString(Path.of("/proc/thread-self/stat"));
            return Integer.parseInt(stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1)[NICE]);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
