package io.segmentdo.telemetry;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.encoder.Encoder;
import ch.qos.logback.core.spi.ContextAwareBase;
import java.time.Clock;
import org.slf4j.LoggerFactory;

/**
 * Sets up logging: found by Logback as a service before the first line is logged, so that no XML is parsed at start, and
 * applied again once the configuration is known. Safe for concurrent use.
 */
public final class Logging extends ContextAwareBase implements Configurator {
    private static final String TEXT = "%d{yyyy-MM-dd HH:mm:ss.SSS} %-5level %logger{0}: %msg %kvp%n%ex";

    @Override
    public ExecutionStatus configure(LoggerContext context) {
        set(context, TelemetryConfig.DEFAULT);
        return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
    }

    /** Brings format, level and repeats in force. */
    public static void apply(TelemetryConfig config) {
        if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
            set(context, config);
        }
    }

    private static void set(LoggerContext context, TelemetryConfig config) {
        RepeatFilter repeats = new RepeatFilter(config.logRepeats(), Clock.systemUTC());
        repeats.start();
        ConsoleAppender<ILoggingEvent> console = new ConsoleAppender<>();
        console.setContext(context);
        console.setName("console");
        console.setEncoder(encoder(context, config.logFormat()));
        console.addFilter(repeats);
        console.start();
        Logger root = context.getLogger(Logger.ROOT_LOGGER_NAME);
        root.detachAndStopAllAppenders();
        root.addAppender(console);
        root.setLevel(Level.WARN);
        // a connection that comes while the server closes is refused with a stack trace
        context.getLogger("io.netty.bootstrap").setLevel(Level.ERROR);
        context.getLogger("org.apache.iceberg.util.Tasks").setLevel(Level.ERROR); // conflicts are usual and repeated
        context.getLogger("io.segmentdo")
                .setLevel(Level.valueOf(config.logLevel().name()));
    }

    private static Encoder<ILoggingEvent> encoder(LoggerContext context, TelemetryConfig.LogFormat format) {
        if (format == TelemetryConfig.LogFormat.JSON) {
            return new JsonLines();
        }
        PatternLayoutEncoder text = new PatternLayoutEncoder();
        text.setContext(context);
        text.setPattern(TEXT);
        text.start();
        return text;
    }
}
