package io.segmentdo.cluster;

import static io.segmentdo.config.Checks.check;

import io.segmentdo.config.Doc;

/**
 * Encryption of the events between members: each shows a certificate by an authority that all of them trust.
 *
 * <p>Immutable.
 */
public record ClusterTlsConfig(
        @Doc("Whether events between members are encrypted, and members without a certificate refused.")
        boolean enabled,

        @Doc("File with this member's certificate, PEM.") String certificate,
        @Doc("File with its private key, PEM, PKCS #8.") String key,

        @Doc("File with the certificate of the authority that signed those of all members, PEM.")
        String authority) {
    public static final ClusterTlsConfig DEFAULT = new ClusterTlsConfig(false, "", "", "");

    public ClusterTlsConfig {
        check(!enabled || !certificate.isBlank(), "certificate", certificate, "a file, when TLS is enabled");
        check(!enabled || !key.isBlank(), "key", key, "a file, when TLS is enabled");
        check(!enabled || !authority.isBlank(), "authority", authority, "a file, when TLS is enabled");
    }
}
