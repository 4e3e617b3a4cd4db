package io.segmentdo.collect;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.util.Base64;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.GZIPOutputStream;

/** One HTTP/1.1 connection, byte by byte. */
public final class Wire implements AutoCloseable {
    /** What came back; the names of headers are in lower case. */
    public record Answer(int status, Map<String, String> headers, String body) {
        public String header(String name) {
            return headers.get(name);
        }
    }

    private final Socket socket;
    private final InputStream in;

    public Wire(int port) throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(60_000);
        socket.setTcpNoDelay(true);
        in = new BufferedInputStream(socket.getInputStream());
    }

    public Answer post(String path, String body, String... headers) throws IOException {
        return post(path, body.getBytes(UTF_8), headers);
    }

    public Answer post(String path, byte[] body, String... headers) throws IOException {
        send(request("POST", path, body, headers));
        return answer();
    }

    public Answer call(String method, String path, String... headers) throws IOException {
        send(head(method, path, headers) + "\r\n");
        return method.equals("HEAD") ? headOnly() : answer();
    }

    static byte[] request(String method, String path, byte[] body, String... headers) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write((head(method, path, headers) + "Content-Length: " + body.length + "\r\n\r\n").getBytes(ISO_8859_1));
        out.write(body);
        return out.toByteArray();
    }

    static String head(String method, String path, String... headers) {
        StringBuilder head = new StringBuilder(method + " " + path + " HTTP/1.1\r\nHost: cdp.test:8080\r\n");
        for (String header : headers) {
            head.append(header).append("\r\n");
        }
        return head.toString();
    }

    void send(String text) throws IOException {
        send(text.getBytes(ISO_8859_1));
    }

    void send(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
        socket.getOutputStream().flush();
    }

    Answer answer() throws IOException {
        Answer head = headOnly();
        int length = Integer.parseInt(head.headers.getOrDefault("content-length", "0"));
        byte[] body = in.readNBytes(length);
        if (body.length < length) {
            throw new EOFException("the body ends early");
        }
        return new Answer(head.status, head.headers, new String(body, ISO_8859_1));
    }

    Answer headOnly() throws IOException {
        String status = line();
        Map<String, String> headers = new TreeMap<>();
        for (String line = line(); !line.isEmpty(); line = line()) {
            int colon = line.indexOf(':');
            headers.put(
                    line.substring(0, colon).toLowerCase(Locale.ROOT),
                    line.substring(colon + 1).trim());
        }
        return new Answer(Integer.parseInt(status.split(" ", -1)[1]), headers, "");
    }

    /** Whether the server closes the connection within the deadline, behind whatever it has yet to say. */
    boolean isClosedByServer() throws IOException {
        try {
            in.skipNBytes(Long.MAX_VALUE);
            return false;
        } catch (EOFException e) {
            return true;
        } catch (java.net.SocketTimeoutException e) {
            return false;
        } catch (java.net.SocketException e) {
            return true;
        }
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder();
        for (int b = in.read(); b != '\n'; b = in.read()) {
            if (b < 0) {
                throw new EOFException("closed behind '" + line + "'");
            }
            line.append((char) b);
        }
        return line.toString().trim();
    }

    public static String basic(String user) {
        return "Authorization: Basic " + Base64.getEncoder().encodeToString(user.getBytes(UTF_8));
    }

    public static byte[] gzip(String text) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(text.getBytes(UTF_8));
        }
        return out.toByteArray();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
