package io.segmentdo.aws;

/**
 * Who signs.
 *
 * <p>Immutable.
 *
 * @param id the key's name, which everybody may see
 * @param secret the key
 * @param sessionToken of keys that are good for a while only; else empty
 */
public record AwsKeys(String id, String secret, String sessionToken) {
    /** Keys without an end. */
    public AwsKeys(String id, String secret) {
        this(id, secret, "");
    }

    @Override
    public String toString() {
        return "AwsKeys[" + id + "]";
    }
}
