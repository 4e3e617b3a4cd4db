package io.segmentdo.connector;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.Signature;
import java.security.interfaces.RSAPrivateCrtKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.RSAPublicKeySpec;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Signs JSON Web Tokens with one key. Confined to its thread. */
final class JwtSigner {
    private static final byte[] PKCS8_RSA_HEAD = {
        0x02,
        0x01,
        0x00,
        0x30,
        0x0d,
        0x06,
        0x09,
        0x2a,
        (byte) 0x86,
        0x48,
        (byte) 0x86,
        (byte) 0xf7,
        0x0d,
        0x01,
        0x01,
        0x01,
        0x05,
        0x00
    };

    @FunctionalInterface
    private interface Signing {
        byte[] sign(byte[] text) throws GeneralSecurityException;
    }

    private final Signing signing;
    private final String fingerprint;

    private JwtSigner(Signing signing, String fingerprint) {
        this.signing = signing;
        this.fingerprint = fingerprint;
    }

    /**
     * A signer.
     *
     * @param algorithm RS256 or HS256
     * @param key a private RSA key as PEM, or a shared secret
     * @throws UnauthorizedException if it is no key
     */
    static JwtSigner of(String algorithm, String key) throws UnauthorizedException {
        try {
            return algorithm.equals("RS256") ? rsa(key) : hmac(key);
        } catch (GeneralSecurityException | IllegalArgumentException unfit) {
            throw new UnauthorizedException("the key is no private RSA key in PEM form");
        }
    }

    private static JwtSigner hmac(String key) {
        var spec = new SecretKeySpec(key.getBytes(StandardCharsets.UTF_8), "HmacSHA256");
        return new JwtSigner(
                text -> {
                    Mac mac = Mac.getInstance("HmacSHA256");
                    mac.init(spec);
                    return mac.doFinal(text);
                },
                "");
    }

    private static JwtSigner rsa(String pem) throws GeneralSecurityException {
        String unescaped = pem.replace("\\n", "\n");
        byte[] der = Base64.getMimeDecoder().decode(unescaped.replaceAll("-----[A-Z ]+-----", ""));
        byte[] pkcs8 = unescaped.contains("BEGIN RSA PRIVATE KEY") ? wrapped(der) : der;
        KeyFactory keys = KeyFactory.getInstance("RSA");
        if (!(keys.generatePrivate(new PKCS8EncodedKeySpec(pkcs8)) instanceof RSAPrivateCrtKey key)) {
            throw new GeneralSecurityException("a key without its public part");
        }
        PublicKey known = keys.generatePublic(new RSAPublicKeySpec(key.getModulus(), key.getPublicExponent()));
        byte[] digest = MessageDigest.getInstance("SHA-256").digest(known.getEncoded());
        return new JwtSigner(
                text -> {
                    Signature signature = Signature.getInstance("SHA256withRSA");
                    signature.initSign(key);
                    signature.update(text);
                    return signature.sign();
                },
                "SHA256:" + Base64.getEncoder().encodeToString(digest));
    }

    /** A key in the older form, put into the newer one. */
    private static byte[] wrapped(byte[] pkcs1) {
        byte[] octets = tagged(0x04, pkcs1);
        byte[] inner = new byte[PKCS8_RSA_HEAD.length + octets.length];
        System.arraycopy(PKCS8_RSA_HEAD, 0, inner, 0, PKCS8_RSA_HEAD.length);
        System.arraycopy(octets, 0, inner, PKCS8_RSA_HEAD.length, octets.length);
        return tagged(0x30, inner);
    }

    private static byte[] tagged(int tag, byte[] content) {
        byte[] all = new byte[content.length + 4];
        all[0] = (byte) tag;
        all[1] = (byte) 0x82;
        all[2] = (byte) (content.length >> 8);
        all[3] = (byte) content.length;
        System.arraycopy(content, 0, all, 4, content.length);
        return all;
    }

    /** Names the public key that belongs to it, {@code SHA256:…}; empty for a shared secret. */
    String fingerprint() {
        return fingerprint;
    }

    /** The token. */
    String sign(byte[] header, byte[] claims) {
        Base64.Encoder encoder = Base64.getUrlEncoder().withoutPadding();
        String text = encoder.encodeToString(header) + "." + encoder.encodeToString(claims);
        try {
            return text + "." + encoder.encodeToString(signing.sign(text.getBytes(StandardCharsets.US_ASCII)));
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
