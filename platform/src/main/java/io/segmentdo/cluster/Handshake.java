package io.segmentdo.cluster;

import com.hazelcast.nio.MemberSocketInterceptor;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Properties;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets both ends of a new connection prove that they know the cluster's secret, before anything else is read from it.
 *
 * <p>The one that was connected to sends a random challenge; the other answers with one of its own and the HMAC of both; the
 * first answers with another HMAC of both. Nothing is encrypted: someone who can change packets on the way can take over an
 * established connection. Called by Hazelcast on threads of its own, with the socket in blocking mode. Safe for concurrent
 * use.
 */
final class Handshake implements MemberSocketInterceptor {
    private static final Logger log = LoggerFactory.getLogger(Handshake.class);
    private static final String ALGORITHM = "HmacSHA256";
    private static final int LENGTH = 32;
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final SecureRandom random = new SecureRandom();
    private final SecretKeySpec key;

    Handshake(String clusterName, String secret) {
        SecretKeySpec master = new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), ALGORITHM);
        this.key = new SecretKeySpec(
                mac(master, "segmentdo membership", clusterName.getBytes(StandardCharsets.UTF_8)), ALGORITHM);
    }

    @Override
    public void init(Properties properties) {
        // everything came with the constructor
    }

    @Override
    public void onAccept(Socket socket) throws IOException {
        byte[] mine = challenge();
        socket.setSoTimeout((int) PATIENCE.toMillis());
        send(socket, mine);
        DataInputStream in = new DataInputStream(socket.getInputStream());
        byte[] theirs = read(in);
        verify(socket, mac(key, "connects", mine, theirs), read(in));
        send(socket, mac(key, "accepts", mine, theirs));
        socket.setSoTimeout(0);
    }

    @Override
    public void onConnect(Socket socket) throws IOException {
        byte[] mine = challenge();
        socket.setSoTimeout((int) PATIENCE.toMillis());
        DataInputStream in = new DataInputStream(socket.getInputStream());
        byte[] theirs = read(in);
        byte[] proof = mac(key, "connects", theirs, mine);
        byte[] answer = new byte[2 * LENGTH];
        System.arraycopy(mine, 0, answer, 0, LENGTH);
        System.arraycopy(proof, 0, answer, LENGTH, LENGTH);
        send(socket, answer);
        verify(socket, mac(key, "accepts", theirs, mine), read(in));
        socket.setSoTimeout(0);
    }

    private byte[] challenge() {
        byte[] challenge = new byte[LENGTH];
        random.nextBytes(challenge);
        return challenge;
    }

    private static byte[] read(DataInputStream in) throws IOException {
        byte[] bytes = new byte[LENGTH];
        in.readFully(bytes);
        return bytes;
    }

    private static void send(Socket socket, byte[] bytes) throws IOException {
        OutputStream out = socket.getOutputStream();
        out.write(bytes);
        out.flush();
    }

    private static void verify(Socket socket, byte[] expected, byte[] given) throws IOException {
        if (!MessageDigest.isEqual(expected, given)) {
            log.atWarn()
                    .addKeyValue("address", socket.getRemoteSocketAddress())
                    .log("A connection was refused: the other side does not know the secret of this cluster");
            throw new IOException("the other side does not know the secret of this cluster");
        }
    }

    private static byte[] mac(SecretKeySpec key, String role, byte[]... parts) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(key);
            mac.update(role.getBytes(StandardCharsets.UTF_8));
            for (byte[] part : parts) {
                mac.update(part);
            }
            return mac.doFinal();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e); // every JDK has it
        }
    }
}
