package io.segmentdo.warehouse.files;

import io.segmentdo.warehouse.files.S3Client.Answer;
import io.segmentdo.warehouse.files.S3Client.Place;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.iceberg.io.InputFile;
import org.apache.iceberg.io.OutputFile;
import org.apache.iceberg.io.PositionOutputStream;

/** One object to be written; it exists once its stream is closed. Its streams are confined to their writer. */
final class S3OutputFile implements OutputFile {
    private static final Pattern UPLOAD_ID = Pattern.compile("<UploadId>([^<]+)</UploadId>");

    private final S3Client client;
    private final String location;

    S3OutputFile(S3Client client, String location) {
        this.client = client;
        this.location = location;
    }

    @Override
    public PositionOutputStream create() {
        return new Stream();
    }

    @Override
    public PositionOutputStream createOrOverwrite() {
        return new Stream();
    }

    @Override
    public String location() {
        return location;
    }

    @Override
    public InputFile toInputFile() {
        return new S3InputFile(client, location, -1);
    }

    private final class Stream extends PositionOutputStream {
        private final Place place = Place.of(location);
        private final ByteArrayOutputStream part = new ByteArrayOutputStream(64 << 10);
        private final List<String> tags = new ArrayList<>();
        private String uploadId = "";
        private long position;
        private boolean isClosed;

        @Override
        public long getPos() {
            return position;
        }

        @Override
        public void write(int one) {
            part.write(one);
            position++;
            uploadFull();
        }

        @Override
        public void write(byte[] bytes, int offset, int count) {
            part.write(bytes, offset, count);
            position += count;
            uploadFull();
        }

        private void uploadFull() {
            if (part.size() >= client.partBytes()) {
                uploadPart();
            }
        }

        private void uploadPart() {
            if (uploadId.isEmpty()) {
                Answer answer = client.post(place, new TreeMap<>(Map.of("uploads", "")), new byte[0]);
                Matcher id = UPLOAD_ID.matcher(answer.text());
                if (!id.find()) {
                    throw new S3Exception("POST " + place + ": no upload id", answer.status(), null);
                }
                uploadId = id.group(1);
            }
            SortedMap<String, String> query =
                    new TreeMap<>(Map.of("partNumber", String.valueOf(tags.size() + 1), "uploadId", uploadId));
            tags.add(client.put(place, query, part.toByteArray()).header("etag"));
            part.reset();
        }

        @Override
        public void close() throws IOException {
            if (isClosed) {
                return;
            }
            isClosed = true;
            if (uploadId.isEmpty()) {
                client.put(place, new TreeMap<>(), part.toByteArray());
            } else {
                if (part.size() > 0) {
                    uploadPart();
                }
                complete();
            }
        }

        private void complete() throws IOException {
            StringBuilder xml = new StringBuilder("<CompleteMultipartUpload>");
            for (int i = 0; i < tags.size(); i++) {
                xml.append("<Part><PartNumber>")
                        .append(i + 1)
                        .append("</PartNumber><ETag>")
                        .append(tags.get(i).replace("\"", "&quot;"))
                        .append("</ETag></Part>");
            }
            xml.append("</CompleteMultipartUpload>");
            try {
                Answer answer = client.post(
                        place,
                        new TreeMap<>(Map.of("uploadId", uploadId)),
                        xml.toString().getBytes(StandardCharsets.UTF_8));
                if (answer.text().contains("<Error>")) { // the status is sent before the work is done
                    throw new S3Exception("POST " + place + ": " + answer.text(), answer.status(), null);
                }
            } catch (S3Exception e) {
                // a repeated completion of one that was done already is refused, so the object itself tells
                InputFile written = new S3InputFile(client, location, -1);
                if (!written.exists() || written.getLength() != position) {
                    throw e;
                }
            }
        }
    }
}
