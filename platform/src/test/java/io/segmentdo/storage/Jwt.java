package io.segmentdo.storage;

import static io.segmentdo.storage.StorageEvents.object;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.Signature;
import java.util.Base64;
import java.util.Map;

/**
 * A JSON Web Token as the other side sees it.
 *
 * <p>Immutable.
 *
 * @param claims what it says
 * @param isSigned whether the public key confirms its signature
 */
public record Jwt(Map<?, ?> claims, boolean isSigned) {
    static final KeyPair KEYS = keys();

    private static KeyPair keys() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
            generator.initialize(2048);
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The private key as customers paste it. */
    public static String pem() {
        return "-----BEGIN PRIVATE KEY-----\n"
                + Base64.getMimeEncoder().encodeToString(KEYS.getPrivate().getEncoded())
                + "\n-----END PRIVATE KEY-----\n";
    }

    /** What Snowflake calls the public key. */
    static String fingerprint() {
        try {
            byte[] digest =
                    MessageDigest.getInstance("SHA-256").digest(KEYS.getPublic().getEncoded());
            return "SHA256:" + Base64.getEncoder().encodeToString(digest);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    static Jwt read(String token) {
        String[] parts = token.split("\\.", -1);
        try {
            Signature signature = Signature.getInstance("SHA256withRSA");
            signature.initVerify(KEYS.getPublic());
            signature.update((parts[0] + "." + parts[1]).getBytes(StandardCharsets.US_ASCII));
            boolean isSigned = signature.verify(Base64.getUrlDecoder().decode(parts[2]));
            return new Jwt(object(Base64.getUrlDecoder().decode(parts[1])), isSigned);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
