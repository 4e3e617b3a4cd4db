package io.segmentdo.warehouse.engine;

import com.google.flatbuffers.FlatBufferBuilder;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.flatbuf.Buffer;
import org.apache.arrow.flatbuf.FieldNode;
import org.apache.arrow.flatbuf.Message;
import org.apache.arrow.flatbuf.MessageHeader;
import org.apache.arrow.flatbuf.MetadataVersion;
import org.apache.arrow.flatbuf.RecordBatch;
import org.apache.arrow.flatbuf.Schema;

/**
 * Rows as a stream of Arrow's IPC messages: the schema, batches of columns, the mark of the end. Confined to one thread.
 */
final class ArrowRows implements RowWriter {
    private static final int ROWS_MAX = 8192;
    private static final int BYTES_MAX = 1 << 20;
    private static final int ALIGNMENT = 8;

    private final Bytes out;
    private final List<ArrowColumn> columns;

    ArrowRows(Head head, Bytes out) {
        this.out = out;
        this.columns = head.columns().stream().map(ArrowColumn::new).toList();
    }

    @Override
    public void begin() {
        FlatBufferBuilder builder = new FlatBufferBuilder();
        int[] fields =
                columns.stream().mapToInt(column -> column.field(builder)).toArray();
        int fieldsAt = Schema.createFieldsVector(builder, fields);
        int schema = Schema.createSchema(builder, (short) 0, fieldsAt, 0, 0);
        message(builder, MessageHeader.Schema, schema, 0);
    }

    @Override
    public void row(ResultSet result) throws SQLException, IOException {
        int bytes = 0;
        for (int i = 0; i < columns.size(); i++) {
            ArrowColumn column = columns.get(i);
            column.add(result.getObject(i + 1));
            bytes += column.bytes();
        }
        if (bytes > BYTES_MAX || columns.getFirst().count() >= ROWS_MAX) {
            batch();
        }
    }

    @Override
    public void end(long rows, boolean truncated) {
        batch();
        ByteBuffer end =
                ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putInt(-1).putInt(0);
        out.writeBytes(end.array());
    }

    private void batch() {
        int rows = columns.getFirst().count();
        if (rows == 0) {
            return;
        }
        List<byte[]> buffers = new ArrayList<>();
        columns.forEach(column -> buffers.addAll(column.buffers()));
        FlatBufferBuilder builder = new FlatBufferBuilder();
        RecordBatch.startNodesVector(builder, columns.size());
        for (ArrowColumn column : columns.reversed()) {
            FieldNode.createFieldNode(builder, column.count(), column.absent());
        }
        int nodes = builder.endVector();
        long bodyLength = describe(buffers, builder);
        int buffersAt = builder.endVector();
        int batch = RecordBatch.createRecordBatch(builder, rows, nodes, buffersAt, 0, 0);
        message(builder, MessageHeader.RecordBatch, batch, bodyLength);
        for (byte[] buffer : buffers) {
            out.writeBytes(buffer);
            out.writeBytes(new byte[padding(buffer.length)]);
        }
        columns.forEach(ArrowColumn::clear);
    }

    /** Vectors of structs are built from their end. */
    private static long describe(List<byte[]> buffers, FlatBufferBuilder builder) {
        long end = 0;
        for (byte[] buffer : buffers) {
            end += buffer.length + padding(buffer.length);
        }
        RecordBatch.startBuffersVector(builder, buffers.size());
        long offset = end;
        for (byte[] buffer : buffers.reversed()) {
            offset -= buffer.length + padding(buffer.length);
            Buffer.createBuffer(builder, offset, buffer.length);
        }
        return end;
    }

    private void message(FlatBufferBuilder builder, byte headerType, int header, long bodyLength) {
        Message.finishMessageBuffer(
                builder, Message.createMessage(builder, MetadataVersion.V5, headerType, header, bodyLength, 0));
        byte[] metadata = builder.sizedByteArray();
        int padding = padding(metadata.length);
        out.writeBytes(ByteBuffer.allocate(8)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(-1)
                .putInt(metadata.length + padding)
                .array());
        out.writeBytes(metadata);
        out.writeBytes(new byte[padding]);
    }

    private static int padding(int length) {
        return (ALIGNMENT - length % ALIGNMENT) % ALIGNMENT;
    }
}
