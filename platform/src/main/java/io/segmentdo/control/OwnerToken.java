package io.segmentdo.control;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.segmentdo.problem.PlatformException;
import io.segmentdo.problem.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;

/**
 * The token that opens every guarded API. It is made at the first start, told once, and kept only as a salted hash in the
 * data directory; whoever has lost it deletes the file {@code owner-token} and starts again.
 *
 * <p>The token has 256 random bits, so a fast hash is as strong as a slow one. Safe for concurrent use.
 */
public final class OwnerToken {
    private static final String FILE = "owner-token";
    private static final HexFormat HEX = HexFormat.of();

    private final byte[] salt;
    private final byte[] hash;
    private final Optional<String> fresh;

    private OwnerToken(byte[] salt, byte[] hash, Optional<String> fresh) {
        this.salt = salt;
        this.hash = hash;
        this.fresh = fresh;
    }

    /** Reads the token of a data directory, or makes it. */
    public static OwnerToken open(Path dataDirectory) {
        Path file = dataDirectory.resolve(FILE);
        try {
            return Files.exists(file) ? read(file) : make(file);
        } catch (IOException e) {
            throw new PlatformException(Problem.STORAGE_FAILED, "The owner token cannot be kept in " + file, e);
        }
    }

    /** The token itself, if this start made it: the only time that it can be told. */
    public Optional<String> fresh() {
        return fresh;
    }

    /** Whether this is the token; takes the same time whatever is given. */
    public boolean matches(String token) {
        return MessageDigest.isEqual(hash, hash(salt, token));
    }

    private static OwnerToken read(Path file) throws IOException {
        String[] parts = Files.readString(file).strip().split(":", -1);
        if (parts.length != 3 || !parts[0].equals("sha256")) {
            throw new PlatformException(
                    Problem.INVALID_CONFIG, file + " is no owner token (expected: delete it to get a new one)");
        }
        return new OwnerToken(HEX.parseHex(parts[1]), HEX.parseHex(parts[2]), Optional.empty());
    }

    private static OwnerToken make(Path file) throws IOException {
        SecureRandom random = new SecureRandom();
        byte[] secret = new byte[32];
        byte[] salt = new byte[16];
        random.nextBytes(secret);
        random.nextBytes(salt);
        String token = "sdo_" + Base64.getUrlEncoder().withoutPadding().encodeToString(secret);
        byte[] hash = hash(salt, token);
        write(file, "sha256:" + HEX.formatHex(salt) + ":" + HEX.formatHex(hash) + "\n");
        return new OwnerToken(salt, hash, Optional.of(token));
    }

    private static void write(Path file, String content) throws IOException {
        Path directory = Files.createDirectories(file.toAbsolutePath().getParent());
        boolean posix = directory.getFileSystem().supportedFileAttributeViews().contains("posix");
        FileAttribute<?>[] ownerOnly = posix
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
                }
                : new FileAttribute<?>[0];
        Path draft = Files.createTempFile(directory, FILE, ".tmp", ownerOnly);
        Files.writeString(draft, content);
        Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
    }

    private static byte[] hash(byte[] salt, String token) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(salt);
            return digest.digest(token.getBytes(UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // every JDK has it
        }
    }
}
