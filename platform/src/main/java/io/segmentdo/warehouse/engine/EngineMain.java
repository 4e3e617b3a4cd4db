package io.segmentdo.warehouse.engine;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * The program of an engine's process: takes tasks from its standard input and answers on its standard output, until the
 * input ends, which is also how it learns that the node is gone.
 *
 * <p>One thread listens, so that a task can be cancelled; the main thread works.
 */
public final class EngineMain {
    private EngineMain() {}

    /**
     * Works until the input ends.
     *
     * @param arguments the directory for temporary files of queries
     */
    public static void main(String[] arguments) throws IOException, SQLException, InterruptedException {
        Frames frames = new Frames(System.in, new FileOutputStream(FileDescriptor.out));
        System.setOut(System.err); // nothing but frames may get into the pipe
        BlockingQueue<Frames.Frame> tasks = new LinkedBlockingQueue<>();
        Worker worker = new Worker(frames, Path.of(arguments[0]));
        Thread.ofPlatform().name("listener").daemon().start(() -> listen(frames, tasks, worker));
        worker.prepare();
        frames.write(Frames.READY);
        while (true) {
            worker.work(tasks.take());
        }
    }

    private static void listen(Frames frames, BlockingQueue<Frames.Frame> tasks, Worker worker) {
        try {
            for (Frames.Frame frame = frames.read(); frame != null; frame = frames.read()) {
                if (frame.kind() == Frames.CANCEL) {
                    worker.cancel();
                } else {
                    tasks.add(frame);
                }
            }
        } catch (IOException e) {
            // the node is gone, as it is at the end of the input
        }
        Runtime.getRuntime().halt(0);
    }
}
