package io.segmentdo.cluster;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManagerFactory;

/** A key with a certificate that is its own authority, made by the JDK's keytool, for members on this machine. */
final class TestAuthority {
    private static final char[] PASSWORD = "password".toCharArray();

    private final Path dir;
    private final KeyStore keys;

    private TestAuthority(Path dir, KeyStore keys) {
        this.dir = dir;
        this.keys = keys;
    }

    static TestAuthority in(Path dir) throws IOException, GeneralSecurityException, InterruptedException {
        Path file = dir.resolve("member.p12");
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString()));
        command.addAll(List.of("-genkeypair", "-alias", "member", "-keyalg", "EC", "-dname", "CN=member"));
        command.addAll(List.of("-ext", "san=ip:127.0.0.1", "-ext", "bc:c", "-storetype", "PKCS12"));
        command.addAll(List.of("-keystore", file.toString(), "-storepass", new String(PASSWORD)));
        Process keytool = new ProcessBuilder(command).inheritIO().start();
        if (!keytool.waitFor(60, TimeUnit.SECONDS) || keytool.exitValue() != 0) {
            throw new IOException("keytool failed");
        }
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(file)) {
            keys.load(in, PASSWORD);
        }
        write(
                dir.resolve("key.pem"),
                "PRIVATE KEY",
                keys.getKey("member", PASSWORD).getEncoded());
        write(
                dir.resolve("cert.pem"),
                "CERTIFICATE",
                keys.getCertificate("member").getEncoded());
        return new TestAuthority(dir, keys);
    }

    private static void write(Path file, String what, byte[] bytes) throws IOException {
        String text = Base64.getMimeEncoder(64, "\n".getBytes(US_ASCII)).encodeToString(bytes);
        Files.writeString(file, "-----BEGIN " + what + "-----\n" + text + "\n-----END " + what + "-----\n");
    }

    ClusterTlsConfig tls() {
        String certificate = dir.resolve("cert.pem").toString();
        return new ClusterTlsConfig(true, certificate, dir.resolve("key.pem").toString(), certificate);
    }

    /** Sockets of a member. */
    SSLSocketFactory withCertificate() throws GeneralSecurityException {
        KeyManagerFactory own = KeyManagerFactory.getInstance("PKIX");
        own.init(keys, PASSWORD);
        return sockets(own.getKeyManagers());
    }

    /** Sockets of somebody who trusts the members and is none. */
    SSLSocketFactory withoutCertificate() throws GeneralSecurityException {
        return sockets(new KeyManager[0]);
    }

    private SSLSocketFactory sockets(KeyManager[] own) throws GeneralSecurityException {
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        try {
            trusted.load(null, null);
        } catch (IOException e) {
            throw new GeneralSecurityException(e);
        }
        trusted.setCertificateEntry("authority", keys.getCertificate("member"));
        TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
        trust.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(own, trust.getTrustManagers(), new SecureRandom());
        return context.getSocketFactory();
    }
}
