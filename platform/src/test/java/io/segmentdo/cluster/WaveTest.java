package io.segmentdo.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class WaveTest {
    private final Logger log = (Logger) LoggerFactory.getLogger(Wave.class);
    private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
    private final Wave wave = new Wave();

    @BeforeEach
    void listen() {
        lines.start();
        log.addAppender(lines);
    }

    @AfterEach
    void leave() {
        log.detachAppender(lines);
    }

    @Test
    void partitionsThatMoveTogetherAreOneLine() {
        wave.taken(1);
        wave.handedOver(7, 30);
        wave.taken(2);
        wave.givenUp(8);
        wave.lost(3);

        wave.endRound(true, 20);
        wave.endRound(true, 20);

        assertThat(told()).hasSize(1);
        assertThat(told().getFirst().getKeyValuePairs().toString())
                .contains("taken=\"3\"", "givenUp=\"1\"", "lost=\"3\"", "owned=\"20\"", "ownerlessMillisMax=\"30\"");
    }

    @Test
    void theNextOnesBeginAtZero() {
        wave.taken(5);
        wave.endRound(true, 5);
        wave.givenUp(1);
        wave.endRound(true, 4);

        assertThat(told()).hasSize(2);
        assertThat(told().getLast().getKeyValuePairs().toString()).contains("taken=\"0\"", "givenUp=\"1\"");
    }

    private List<ILoggingEvent> told() {
        return lines.list.stream()
                .filter(line -> line.getLevel().equals(Level.INFO))
                .toList();
    }
}
