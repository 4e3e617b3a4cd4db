package io.segmentdo.identity;

import io.segmentdo.problem.PlatformException;
import io.segmentdo.problem.Problem;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Lets members of one cluster know each other's messages from those of strangers: each carries an HMAC-SHA-256 by the
 * cluster's secret. It hides nothing; that is what TLS is for.
 *
 * <p>Safe for concurrent use.
 */
public final class Seal {
    /** For a node on its own, whose messages never leave the process. */
    public static final Seal NONE = new Seal(Optional.empty());

    private static final String ALGORITHM = "HmacSHA256";
    private static final int LENGTH = 32;

    private final Optional<SecretKeySpec> key;

    private Seal(Optional<SecretKeySpec> key) {
        this.key = key;
    }

    /** By the secret that all members share. */
    public static Seal by(String secret) {
        SecretKeySpec master = new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), ALGORITHM);
        byte[] derived = mac(master).doFinal("segmentdo event bus".getBytes(StandardCharsets.UTF_8));
        return new Seal(Optional.of(new SecretKeySpec(derived, ALGORITHM)));
    }

    /** The bytes with their seal behind them. */
    public byte[] seal(byte[] bytes) {
        byte[] sealed = Arrays.copyOf(bytes, bytes.length + LENGTH);
        System.arraycopy(mac(sender()).doFinal(bytes), 0, sealed, bytes.length, LENGTH);
        return sealed;
    }

    /**
     * The bytes without their seal.
     *
     * @throws PlatformException {@link Problem#UNAUTHORIZED} when it is not the seal of this cluster
     */
    public byte[] open(byte[] sealed) {
        int length = sealed.length - LENGTH;
        if (length >= 0) {
            byte[] bytes = Arrays.copyOf(sealed, length);
            byte[] expected = mac(sender()).doFinal(bytes);
            if (MessageDigest.isEqual(expected, Arrays.copyOfRange(sealed, length, sealed.length))) {
                return bytes;
            }
        }
        throw new PlatformException(Problem.UNAUTHORIZED, "a message without the seal of this cluster");
    }

    private SecretKeySpec sender() {
        return key.orElseThrow(() -> new IllegalStateException("a node on its own sends nothing out of its process"));
    }

    private static Mac mac(SecretKeySpec key) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(key);
            return mac;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e); // every JDK has it
        }
    }
}
