package io.segmentdo.warehouse.files;

import io.segmentdo.warehouse.files.S3Client.Answer;
import io.segmentdo.warehouse.files.S3Client.Place;
import java.io.StringReader;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;
import org.apache.iceberg.io.FileInfo;
import org.apache.iceberg.io.InputFile;
import org.apache.iceberg.io.OutputFile;

/** Objects of an S3-compatible store, by their {@code s3://} addresses. Safe for concurrent use. */
public final class S3Files implements ListedFiles {
    private static final long serialVersionUID = 1;

    private final transient S3Client client;

    /** Connects when the first file is asked for. */
    public S3Files(S3Config config, Clock clock) {
        this.client = new S3Client(config, clock);
    }

    @Override
    public InputFile newInputFile(String location) {
        return new S3InputFile(client, location, -1);
    }

    @Override
    public InputFile newInputFile(String location, long length) {
        return new S3InputFile(client, location, length);
    }

    @Override
    public OutputFile newOutputFile(String location) {
        return new S3OutputFile(client, location);
    }

    @Override
    public void deleteFile(String location) {
        client.find("DELETE", Place.of(location), new TreeMap<>(), Map.of());
    }

    @Override
    public Iterable<FileInfo> listPrefix(String prefix) {
        Place place = Place.of(prefix);
        List<FileInfo> files = new ArrayList<>();
        SortedMap<String, String> query = new TreeMap<>(Map.of("list-type", "2", "prefix", place.key()));
        String next = "first";
        while (!next.isEmpty()) {
            Answer page = client.find("GET", new Place(place.bucket(), ""), query, Map.of());
            next = page.status() == 404 ? "" : readPage(place.bucket(), page.text(), files);
            query.put("continuation-token", next);
        }
        return files;
    }

    /** Adds the files of one page; returns the token of the next, empty when there is none. */
    private static String readPage(String bucket, String xml, List<FileInfo> files) {
        XMLInputFactory factory = XMLInputFactory.newFactory();
        factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
        factory.setProperty(XMLInputFactory.IS_COALESCING, true);
        String token = "";
        String key = "";
        long bytes = 0;
        long changedAt = 0;
        try {
            XMLStreamReader reader = factory.createXMLStreamReader(new StringReader(xml));
            while (reader.hasNext()) {
                int event = reader.next();
                if (event == XMLStreamConstants.START_ELEMENT) {
                    switch (reader.getLocalName()) {
                        case "NextContinuationToken" -> token = reader.getElementText();
                        case "Key" -> key = reader.getElementText();
                        case "Size" -> bytes = Long.parseLong(reader.getElementText());
                        case "LastModified" ->
                            changedAt = Instant.parse(reader.getElementText()).toEpochMilli();
                        default -> {}
                    }
                } else if (event == XMLStreamConstants.END_ELEMENT
                        && reader.getLocalName().equals("Contents")) {
                    files.add(new FileInfo("s3://" + bucket + "/" + key, bytes, changedAt));
                }
            }
            return token;
        } catch (XMLStreamException e) {
            throw new S3Exception("The list of " + bucket + " cannot be read", 0, e);
        }
    }

    @Override
    public void close() {
        client.close();
    }
}
